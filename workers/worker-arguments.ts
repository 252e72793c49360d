/**
 * How Node runs a worker, from the clone's folder; `npm run worker` in package.json says the same.
 *
 * Node's own limit of young memory is 64 MB (three times that, for one thread): a worker's short-lived objects fill it and
 * keep it. With 1 MB instead of 4 a worker needs about 40 MB less and starts as fast.
 */
export const WORKER_ARGUMENTS = ['--max-semi-space-size=1', 'workers/main.ts'] as const;
