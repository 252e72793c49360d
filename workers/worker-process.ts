/**
 * How Node runs a worker, from the clone's folder; `npm run worker` in package.json says the same.
 *
 * Node's own limit of young memory is 64 MB (three times that, for one thread): a worker's short-lived objects fill it and
 * keep it. 4 MB is where it needs least: below, what lives for a moment is taken for old, so that a worker collects four times
 * as often, needs more processor time for a job, and more memory at its peak.
 */
export const WORKER_ARGUMENTS = ['--max-semi-space-size=4', 'workers/main.ts'] as const;

/**
 * glibc gives each of a worker's threads memory of its own, and keeps what is freed: with two such places, and all above
 * 128 kB at their ends given back, two hours of audio need a quarter less at their peak (`npm run bench:memory`). A value
 * that the environment has goes first.
 */
export const WORKER_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
} as const;
