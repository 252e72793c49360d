import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** For workflows: a minute is a second and a half. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    { startTimer: (input, next) => next({ ...input, durationMs: input.durationMs / 40 }) },
  ],
});
