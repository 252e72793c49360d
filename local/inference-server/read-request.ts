import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { taskRefusal, type Refusal, type Refuse } from './refusal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Makes a route a model route: it checks the token, it is counted, and faults can strike it. Known from the path
     * alone, so that a fault can strike before the body is understood.
     */
    readonly role?: string | ((request: FastifyRequest) => string);
  }
  interface FastifyRequest {
    /** Counts the call as completed and paid; routes call it once the model has worked. */
    readonly bill: (inputDigest: string) => void;
  }
}

/** Null: not a model route. */
export function roleOf(request: FastifyRequest): string | null {
  const { role = null } = request.routeOptions.config;
  return typeof role === 'function' ? role(request) : role;
}

/** The variable parts of the path, joined: `owner/name` where the path names a model. */
export const nameInPath = ({ params }: FastifyRequest): string =>
  Object.values((params ?? {}) as Record<string, string>).join('/');

/** The address under which the client reached this server, with another path. */
export const toAddress = ({ headers }: FastifyRequest, path: string): string =>
  `http://${headers.host ?? '127.0.0.1'}${path}`;

/** 32 MiB: above the 25 MB that Hugging Face's own clients send, with room for base64. */
export const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Reads the whole body. A larger one is drained, so that the client reads the 413 instead of a reset connection. */
export async function readBody(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes <= BODY_LIMIT_BYTES) parts.push(part);
  }
  if (sizeBytes <= BODY_LIMIT_BYTES) return Buffer.concat(parts);
  throw taskRefusal(413, `Payload too large: the limit is ${BODY_LIMIT_BYTES} bytes`);
}

export const bodyOf = ({ body }: FastifyRequest): Buffer =>
  (body as Buffer | undefined) ?? Buffer.alloc(0);

/** Rejects if the body is no multipart form. */
export const parseForm = (request: FastifyRequest): Promise<FormData> =>
  new Response(bodyOf(request), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();

/** Parses the body as JSON, whatever parameters its Content-Type has. */
export function readJson(request: FastifyRequest, refuse: Refuse): unknown {
  if (!/^application\/json(\s*;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw refuse(415, 'Content-Type must be application/json');
  }
  return parseJson(request, refuse);
}

/** Parses the body as JSON, whatever its Content-Type is. */
export function parseJson(request: FastifyRequest, refuse: Refuse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bodyOf(request)));
  } catch {
    throw refuse(400, 'We could not parse the JSON body of your request');
  }
}

/** Checks a value against a schema; the first thing that is wrong becomes a refusal. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  refuse: (message: string, path: readonly string[], isUnknown: boolean) => Refusal,
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []).map(String), ...unknown];
  throw refuse(z.prettifyError(parsed.error), path, unknown.length > 0);
}

/** The refusal of a wrong field, with its path as `param`. */
export const refuseField =
  (refuse: Refuse) =>
  (message: string, path: readonly string[]): Refusal =>
    refuse(400, message, path.join('.'));

/** Checks the body of one of this server's own controls; curl sends it without a JSON Content-Type. */
export const checkControl = <T>(schema: z.ZodType<T>, request: FastifyRequest): T =>
  check(schema, parseJson(request, taskRefusal), refuseField(taskRefusal));
