import type { FastifyRequest } from 'fastify';
import type { InnerList } from 'structured-headers';
import { unusable } from './unusable.ts';

/**
 * What a signature has to cover: the method, the whole address, and, where there is a body, its digest and its type. Each
 * inner list is enough for the address. Returns whether there is a body. Throws a `Refusal`.
 */
export function requireCoverage(request: FastifyRequest, [components]: InnerList): boolean {
  const covered = new Set(
    components.filter(([, parameters]) => parameters.size === 0).map(([name]) => name),
  );
  const { headers } = request;
  const hasBody = isWithBody(request);
  const ofBody = [
    ...(hasBody ? ['content-digest'] : []),
    ...(hasBody && headers['content-type'] !== undefined ? ['content-type'] : []),
  ];
  const missing = ['@method', ...ofBody].filter((name) => !covered.has(name));
  if (!ADDRESSES.some((names) => names.every((name) => covered.has(name)))) {
    missing.push('@target-uri');
  }
  if (missing.length === 0) return hasBody;
  const named = missing.map((name) => `"${name}"`).join(', ');
  throw unusable(`the signature does not cover ${named}: sign that too`);
}

/** Whether there is a body, as the head of a request says. */
export const isWithBody = ({ headers }: FastifyRequest): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

const ADDRESSES = [
  ['@target-uri'],
  ['@authority', '@request-target'],
  ['@authority', '@path', '@query'],
] as const;
