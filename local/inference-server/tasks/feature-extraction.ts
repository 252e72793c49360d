import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { taskRefusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { check, readJson } from '../http/read-json.ts';
import { readAccept, readContentKind } from '../http/toolkit-content.ts';
import { embed } from '../models/hashing-embedding.ts';

/** The parameters stand beside `inputs`, not under `parameters`. Every vector has length 1 already. */
const requestSchema = z.strictObject({
  inputs: z.union([z.string(), z.array(z.string()).min(1)]),
  normalize: z.literal(true).optional(),
  truncate: z.boolean().optional(),
  truncation_direction: z.enum(['left', 'right']).optional(),
  prompt_name: z.null().optional(),
});

/** A text comes to a vector, a list of texts to a list of vectors. */
export function extractFeatures(request: RouteRequest): ModelAnswer {
  if (readAccept(request.headers).kind === 'image') {
    throw taskRefusal(400, 'A vector cannot be encoded as a picture');
  }
  if (readContentKind(request.headers) !== 'json') {
    throw taskRefusal(400, 'feature-extraction takes JSON with texts under inputs');
  }
  const headers = { ...request.headers, 'content-type': 'application/json' };
  const wanted = check(requestSchema, readJson({ ...request, headers }, taskRefusal), (message) =>
    taskRefusal(400, message),
  );
  return {
    inputDigest: digestOf(wanted),
    reply: jsonReply(
      typeof wanted.inputs === 'string' ? embed(wanted.inputs) : wanted.inputs.map(embed),
      { 'x-sha': 'hashing-v1', 'x-compute-type': 'cpu' },
    ),
  };
}
