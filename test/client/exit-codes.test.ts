import { expect, test } from 'vitest';
import { UnusableRecordingError } from '../../adapters/media/media-errors.ts';
import { TemporalUnreachableError } from '../../adapters/temporal/temporal-errors.ts';
import { exitCode, InterruptedError } from '../../client/cli/exit-codes.ts';
import { SettingError } from '../../adapters/settings/environment.ts';
import { InvalidOptionError, OnlyDirectError } from '../../client/config.ts';
import { describeError } from '../../client/describe-error.ts';
import { ConfigurationError } from '../../adapters/inference/targets/resolve-target.ts';
import {
  AmbiguousJobError,
  JobNotFoundError,
  JobReferenceError,
} from '../../client/jobs/find-job.ts';
import { NothingToRetryError } from '../../client/jobs/retry-job.ts';
import { WatchInterruptedError } from '../../client/jobs/watch-job.ts';
import { errorOf } from '../../client/remote/gateway-errors.ts';

const AT = { place: 'minutes.example.org' };
const problem = (code: string) =>
  JSON.stringify({ status: 400, code, detail: 'words', requestId: 'r' });

test.each([
  [new Error('anything'), 1],
  ['thrown text', 1],
  [new TemporalUnreachableError('x'), 1],
  [new SettingError('missing', 'x'), 1],
  [new SettingError('invalid', 'x'), 2],
  [new InvalidOptionError('x'), 2],
  [new AmbiguousJobError('x', []), 2],
  [new ConfigurationError('x'), 2],
  [new JobReferenceError('x'), 2],
  [new NothingToRetryError('x'), 2],
  [new UnusableRecordingError('missing', 'x'), 2],
  [new JobNotFoundError('ann', 'x'), 3],
  [new OnlyDirectError('x'), 2],
  [errorOf(401, problem('key_invalid'), AT), 4],
  [errorOf(403, problem('not_allowed'), AT), 4],
  [errorOf(404, problem('job_not_found'), AT), 3],
  [errorOf(409, problem('version_outdated'), AT), 2],
  [errorOf(409, problem('no_result'), AT), 1],
  [errorOf(503, problem('service_unavailable'), AT), 1],
  [errorOf(502, '<html>', AT), 1],
  [new WatchInterruptedError('x'), 130],
  [new InterruptedError('x'), 130],
])('%s exits %i', (error, code) => {
  expect(exitCode(error)).toBe(code);
});

test('an error is told in one line, with its cause where the message alone says little', () => {
  const cause = new Error('14 UNAVAILABLE:\n  no connection');
  const service = Object.assign(new Error('Failed to start Workflow', { cause }), {
    name: 'ServiceError',
  });
  expect(describeError(service)).toBe('Failed to start Workflow: 14 UNAVAILABLE: no connection');
  expect(describeError(new AggregateError([new Error('refused')]))).toBe('refused');
  expect(describeError(new Error(''))).toBe('Error');
});
