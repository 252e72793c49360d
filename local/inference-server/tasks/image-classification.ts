import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { jsonReply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { decodeBase64, readParameters, readTaskInput } from '../http/task-input.ts';
import { readAccept } from '../http/toolkit-content.ts';
import { UnreadableImage, type NsfwClassifier } from '../models/nsfw-classifier.ts';

const parametersSchema = z.strictObject({
  /** The scores are a softmax already; the other functions need logits that nsfwjs does not give. */
  function_to_apply: z.literal('softmax').optional(),
  top_k: z.int().min(1).default(2),
});

export async function classifyImage(
  request: RouteRequest,
  classifier: NsfwClassifier,
): Promise<ModelAnswer> {
  if (readAccept(request.headers).kind === 'image') {
    throw taskRefusal(400, 'Labels cannot be encoded as a picture');
  }
  const input = readTaskInput(request);
  const parameters = readParameters(
    parametersSchema,
    input.parameters,
    'ImageClassificationPipeline',
  );
  if (input.kind === 'audio') throw unreadable();
  const image = typeof input.inputs === 'string' ? decodeBase64(input.inputs) : input.inputs;
  const startMs = performance.now();
  const labels = await classifier.classify(image).catch((error: unknown) => {
    throw error instanceof UnreadableImage ? unreadable() : error;
  });
  return {
    inputDigest: sha256(image),
    reply: jsonReply(labels.slice(0, parameters.top_k), {
      'x-sha': 'nsfwjs-mobilenet-v2-mid',
      'x-compute-type': 'cpu',
      'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
    }),
  };
}

const unreadable = () => taskRefusal(400, 'cannot identify image file');
