/**
 * How Node runs a worker, from the clone's folder; `npm run worker` in package.json says the same.
 *
 * Node's own limit of young memory is 64 MB (three times that, for one thread): a worker's short-lived objects fill it and
 * keep it. 4 MB is where it needs least: below, what lives for a moment is taken for old, so that a worker collects four times
 * as often, needs more processor time for a job, and more memory at its peak.
 */
export const WORKER_ARGUMENTS = ['--max-semi-space-size=4', 'workers/main.ts'] as const;
