import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { FAILURES } from '../workflows/contracts/failures.ts';
import { payloadTooLarge } from '../workflows/contracts/payload-limit.ts';

/** Fails an activity whose result is too long, where Temporal would repeat it until its timeout. */
export const boundedResults: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: async (input, next) => {
      const result = await next(input);
      const fault = payloadTooLarge(`the result of ${info.activityType}`, result);
      if (fault !== null) throw ApplicationFailure.nonRetryable(fault, FAILURES.PayloadTooLarge);
      return result;
    },
  },
});
