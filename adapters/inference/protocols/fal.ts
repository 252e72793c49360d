import { z } from 'zod';
import type { DetouredContract, Inputs, Reply, RoleContracts, Ticket } from './contract.ts';
import type { Target } from '../targets/target.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { toIsoLanguage } from './reading/iso-language.ts';
import { mergeMembers } from '../targets/parameters/merge-members.ts';
import { wireParameters } from '../targets/parameters/wire-parameters.ts';
import { jsonAround } from '../wire/wire-body.ts';
import { badReply } from './reading/bad-reply.ts';
import { failedWork } from './reading/failed-work.ts';
import { jsonBody } from './reading/json-body.ts';
import { pictureReply } from './reading/picture-reply.ts';
import {
  isOwnHost,
  modelPath,
  providerPrefix,
  providerUrl,
  workPathOf,
} from './forms/provider-url.ts';
import { responseFacts, usageOf, word } from './reading/response-facts.ts';
import { toTranscribeAnswer } from './reading/transcribe-answer.ts';
import { withheld } from './reading/withheld.ts';
import { wireJson } from './forms/wire-json.ts';

/**
 * A contract whose answer may be a place in fal's queue, whichever route was asked: `phase` is `status` until the work
 * is done, then `result`.
 */
const queued = <R extends Role>(
  buildRequest: (input: Inputs[R], target: Target) => WireRequest,
  readResult: (response: WireResponse, input: Inputs[R], target: Target) => Reply<R>,
): DetouredContract<R> => ({
  buildRequest,
  parseResponse: (response, input, target) => {
    const place = placeIn(response, target);
    return place === null ? readResult(response, input, target) : { ticket: place, waitMs: 1000 };
  },
  follow: {
    buildRequest: ({ path, phase }, target) => ({
      method: 'GET',
      url: `${target.baseUrl}${path}${phase === 'result' ? '' : '/status'}${queueQuery(target)}`,
      headers: { accept: 'application/json' },
      body: null,
      parameters: {},
    }),
    parseResponse: (response, ticket, input, target) =>
      ticket.phase === 'result'
        ? readResult(response, input, target)
        : readStatus(response, ticket, target),
  },
});

/** How the router is told that the queue's host is meant; on fal's own hosts the host says so. */
const queueQuery = (target: Target): string =>
  isOwnHost('fal', target) ? '' : '?_subdomain=queue';

/** Null: the answer is no place in the queue. */
function placeIn(response: WireResponse, target: Target): Ticket | null {
  const { request_id: said, response_url: url, status } = jsonBody(response, placeSchema, target);
  if (typeof said !== 'string' || (typeof url !== 'string' && typeof status !== 'string'))
    return null;
  const id = word(said);
  if (id === null || !/^[\w-]+$/.test(id))
    throw badReply(target, response, 'its request_id is not one');
  // Fal leaves the last part of a model's name out of it, so the address is believed; but never its host.
  const [owner = '', app = ''] = target.model.split('/');
  const path = workPathOf(url, id) ?? `/${owner}/${app}/requests/${id}`;
  return { id, path: providerPrefix('fal', target) + path, phase: 'status' };
}

const placeSchema = z.object({
  request_id: z.string().nullish(),
  response_url: z.string().nullish().catch(null),
  status: z.string().nullish().catch(null),
});

function readStatus(
  response: WireResponse,
  ticket: Ticket,
  target: Target,
): { readonly ticket: Ticket; readonly waitMs: number } {
  const body = jsonBody(response, statusSchema, target);
  switch (body.status) {
    case 'COMPLETED':
      // Or failed: the result is then an error with a status of its own, which says more.
      return { ticket: { ...ticket, phase: 'result' }, waitMs: 0 };
    case 'IN_PROGRESS':
      return { ticket, waitMs: 1000 };
    case 'IN_QUEUE':
      // Each before us takes some seconds.
      return { ticket, waitMs: (body.queue_position ?? 0) > 0 ? 3000 : 1500 };
    default:
      throw failedWork(target, response, body.error ?? '');
  }
}

const statusSchema = z.object({
  status: z.string(),
  queue_position: z.int().nonnegative().nullish().catch(null),
  error: z.string().nullish().catch(null),
});

const transcribe = queued<'transcribe'>(
  (input, target) => {
    const parameters = mergeMembers(
      {
        task: 'transcribe',
        chunk_level: 'segment',
        ...(input.language === null ? {} : { language: input.language }),
      },
      wireParameters(target),
    );
    // At the root, all of them: fal knows no `parameters`.
    const others = wireJson(parameters).slice(1);
    return {
      method: 'POST',
      url: providerUrl('fal', target, `/${modelPath(target.model)}`),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body:
        target.audioByUrl && input.url !== null
          ? wireJson({ audio_url: input.url, ...parameters })
          : // Of `data:` URLs it takes audio/x-wav and audio/mpeg; see `audioFormOf`.
            jsonAround(`{"audio_url":"data:${input.mediaType};base64,`, input.audio, `",${others}`),
      parameters,
    };
  },
  (response, input, target) => {
    const body = jsonBody(response, transcriptionSchema, target);
    return {
      answer: toTranscribeAnswer(
        {
          text: body.text,
          language: toIsoLanguage(body.inferred_languages?.[0] ?? null),
          segments: (body.chunks ?? []).map(({ text, timestamp }) => ({
            start: timestamp[0] ?? null,
            end: timestamp[1] ?? null,
            text,
          })),
        },
        { response, durationSeconds: input.durationSeconds, target },
      ),
      usage: usageOf(response, { audioSeconds: input.durationSeconds }),
      ...responseFacts(response),
      servedModel: null,
    };
  },
);

const transcriptionSchema = z.object({
  text: z.string(),
  chunks: z
    .array(z.object({ text: z.string(), timestamp: z.array(z.number().nullable()).length(2) }))
    .nullish(),
  inferred_languages: z.array(z.string()).nullish().catch(null),
});

const illustrate = queued<'illustrate'>(
  (input, target) => {
    const parameters = mergeMembers(
      {
        image_size: { width: input.width, height: input.height },
        seed: input.seed,
        num_images: 1,
        ...(input.negativePrompt === '' ? {} : { negative_prompt: input.negativePrompt }),
      },
      wireParameters(target),
    );
    return {
      method: 'POST',
      // Exactly the mapped name: the router finds the model by the path.
      url: providerUrl('fal', target, `/${modelPath(target.model)}${queueQuery(target)}`),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: wireJson({ prompt: input.prompt, ...parameters }),
      parameters,
    };
  },
  (response, _input, target) => {
    const body = jsonBody(response, imagesSchema, target);
    // What stands for such a picture is a black one, and it is billed.
    if (body.has_nsfw_concepts?.[0] === true)
      throw withheld(target, response, 'its safety checker found the picture unsafe');
    const [picture] = body.images;
    if (picture === undefined) throw badReply(target, response, 'it holds no picture');
    return pictureReply(response, target, { url: picture.url });
  },
);

const imagesSchema = z.object({
  images: z.array(z.object({ url: z.string() })),
  has_nsfw_concepts: z.array(z.boolean()).nullish().catch(null),
});

export const fal = { transcribe, illustrate } satisfies RoleContracts;
