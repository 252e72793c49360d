import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** For workflows: a limit on the time of an activity that counts its wait in the queue is three seconds. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const { scheduleToCloseTimeout: close, scheduleToStartTimeout: start } = input.options;
        return next({
          ...input,
          options: {
            ...input.options,
            ...(close !== undefined && { scheduleToCloseTimeout: '3 seconds' }),
            ...(start !== undefined && { scheduleToStartTimeout: '3 seconds' }),
          },
        });
      },
    },
  ],
});
