import type { FastifyReply, FastifyRequest } from 'fastify';

/** Bills what a model has done, and names model and time as hf-inference and the toolkit's servers do. */
export function reportWork(
  request: FastifyRequest,
  reply: FastifyReply,
  model: string,
  inputDigest: string,
  facts: Readonly<Record<`x-${string}`, number>> = {},
): void {
  request.bill(inputDigest);
  reply.headers({
    'x-sha': model,
    'x-compute-type': 'cpu',
    'x-compute-time': (reply.elapsedTime / 1000).toFixed(3),
    ...facts,
  });
}
