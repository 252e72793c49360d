import { z } from 'zod';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { modelPath, type Target } from '../targets/target.ts';
import { jsonAround } from '../wire/wire-body.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import { providerTraits } from './common-traits.ts';
import type {
  ContractTraits,
  Inputs,
  RoleContract,
  Ticket,
  Unfinished,
  WireContract,
} from './contract.ts';
import { postRequest, stateRequest } from './forms/wire-requests.ts';
import { providerRoutes, workPathOf } from './forms/provider-routes.ts';
import { mergeMembers, wireJson } from './forms/wire-json.ts';
import { wireParameters, type WirePlaces } from './forms/wire-parameters.ts';
import {
  diarizationReply,
  MOST_DIARIZED_VALUES,
  timestampedTurnsSchema,
} from './reading/diarize-answer.ts';
import { jsonBody } from './reading/json-body.ts';
import { pictureReply } from './reading/picture-reply.ts';
import { badReply, failedWork, withheld } from './reading/reply-errors.ts';
import { reportedCount, reportedText, word } from './reading/response-facts.ts';
import { chunksSchema, segmentsSchema, transcriptReply } from './reading/transcribe-answer.ts';

const routes = providerRoutes({ prefix: '/fal-ai', hosts: ['fal.run', 'queue.fal.run'] });

const traits: ContractTraits = {
  ...providerTraits('fal-ai'),
  authorizationScheme: (target) => (routes.isOwnHost(target) ? 'Key' : 'Bearer'),
  // `data:` URLs may hold only `audio/mpeg`, `audio/x-wav` and `video/webm` (huggingface.js, fal-ai.ts).
  audio: { form: 'wav', byUrl: true, detectsLanguage: true, tellsWords: false },
  streams: false,
};

/**
 * Every route may answer with a place in fal's queue. The ticket's `phase` is `status` until the work is done, then
 * `result`.
 */
const queued = <R extends Role>(
  places: WirePlaces,
  buildRequest: RoleContract<R>['buildRequest'],
  readResult: RoleContract<R>['parseResponse'],
): RoleContract<R> => ({
  places,
  buildRequest,
  parseResponse: (response, input, target) => {
    const place = placeIn(response, target);
    return place === null ? readResult(response, input, target) : { ticket: place, waitMs: 1000 };
  },
  follow: {
    buildRequest: ({ path, phase }, target) =>
      stateRequest(
        `${target.baseUrl}${path}${phase === 'result' ? '' : '/status'}${queueQuery(target)}`,
      ),
    parseResponse: (response, ticket, input, target) =>
      ticket.phase === 'result'
        ? readResult(response, input, target)
        : readStatus(response, ticket, target),
  },
});

/** Tells the router to use the queue's host; fal's own hosts need no such mark. */
const queueQuery = (target: Target): string =>
  routes.isOwnHost(target) ? '' : '?_subdomain=queue';

/** Null: the reply is not a place in the queue. */
function placeIn(response: WireResponse, target: Target): Ticket | null {
  const {
    request_id: requestId,
    response_url: url,
    status,
  } = jsonBody(response, placeSchema, target);
  if (typeof requestId !== 'string' || (typeof url !== 'string' && typeof status !== 'string'))
    return null;
  const id = word(requestId);
  if (id === null || !/^[\w-]+$/.test(id))
    throw badReply(target, response, 'its request_id is not valid');
  // Fal leaves the last part of a model's name out of the path, so its path is used, but never its host.
  const [owner = '', app = ''] = target.model.split('/');
  const path = workPathOf(url, id) ?? `/${owner}/${app}/requests/${id}`;
  return { id, path: routes.prefix(target) + path, phase: 'status' };
}

const placeSchema = z.object({
  request_id: z.string().nullish(),
  response_url: reportedText,
  status: reportedText,
});

function readStatus(response: WireResponse, ticket: Ticket, target: Target): Unfinished {
  const body = jsonBody(response, statusSchema, target);
  switch (body.status) {
    case 'COMPLETED':
      // It may have failed: then the result is an error response, which tells more.
      return { ticket: { ...ticket, phase: 'result' }, waitMs: 0 };
    case 'IN_PROGRESS':
      return { ticket, waitMs: 1000 };
    case 'IN_QUEUE':
      // Each request ahead of us takes some seconds.
      return { ticket, waitMs: (body.queue_position ?? 0) > 0 ? 3000 : 1500 };
    default:
      throw failedWork(target, response, body.error ?? '', traits);
  }
}

const statusSchema = z.object({
  status: z.string(),
  queue_position: reportedCount,
  error: reportedText,
});

/** All members are at the root: fal has no `parameters`. */
function audioRequest(
  { audio, mediaType, url }: Pick<Inputs['transcribe' | 'diarize'], 'audio' | 'mediaType' | 'url'>,
  target: Target,
  parameters: Readonly<Record<string, unknown>>,
): WireRequest {
  const body =
    target.audioByUrl && url !== null
      ? wireJson({ audio_url: url, ...parameters })
      : jsonAround(
          `{"audio_url":"data:${mediaType};base64,`,
          audio,
          `",${wireJson(parameters).slice(1)}`,
        );
  return postRequest(routes.url(`/${modelPath(target.model)}`)(target), body, parameters);
}

const TRANSCRIBE_PLACES: WirePlaces = {
  prompt: 'prompt',
  timestamps: { at: 'chunk_level', values: { segment: 'segment', none: 'none' } },
};

const transcribe = queued<'transcribe'>(
  TRANSCRIBE_PLACES,
  (input, target) => {
    const parameters = mergeMembers(
      {
        task: 'transcribe',
        chunk_level: 'segment',
        ...(input.language === null ? {} : { language: input.language }),
      },
      wireParameters(target, TRANSCRIBE_PLACES),
    );
    return audioRequest(input, target, parameters);
  },
  (response, input, target) => {
    const body = jsonBody(response, transcriptionSchema, target);
    const reported = {
      text: body.text ?? body.output ?? '',
      segments: body.chunks ?? body.segments,
      language: body.inferred_languages?.[0],
    };
    return transcriptReply(response, input, target, reported);
  },
);

/** Whisper has `text` and `chunks`, other models `output` or `segments`. */
const transcriptionSchema = z
  .object({
    text: z.string().nullish(),
    output: z.string().nullish(),
    chunks: chunksSchema,
    segments: segmentsSchema,
    inferred_languages: z.array(z.string()).nullish().catch(null),
  })
  .refine(({ text, output }) => typeof (text ?? output) === 'string');

const DIARIZE_PLACES: WirePlaces = { speakers: 'num_speakers' };

/** Whisper with pyannote behind it: the words are not used. */
const diarize = queued<'diarize'>(
  DIARIZE_PLACES,
  (input, target) => {
    const parameters = mergeMembers(
      { task: 'transcribe', chunk_level: 'segment', diarize: true },
      wireParameters(target, DIARIZE_PLACES),
    );
    return audioRequest(input, target, parameters);
  },
  (response, input, target) => {
    const body = jsonBody(response, diarizationSchema, target, MOST_DIARIZED_VALUES);
    const { diarization_segments: turns, chunks } = body;
    const reported = turns && turns.length > 0 ? turns : (chunks ?? []);
    return diarizationReply(response, input, target, reported);
  },
);

/** The voices of each chunk of words; newer releases answer pyannote's own turns as well. */
const diarizationSchema = z
  .object({ diarization_segments: timestampedTurnsSchema, chunks: timestampedTurnsSchema })
  .refine((body) => Array.isArray(body.diarization_segments ?? body.chunks));

const ILLUSTRATE_PLACES: WirePlaces = {
  steps: 'num_inference_steps',
  guidanceScale: 'guidance_scale',
};

const illustrate = queued<'illustrate'>(
  ILLUSTRATE_PLACES,
  (input, target) => {
    const parameters = mergeMembers(
      {
        image_size: { width: input.width, height: input.height },
        seed: input.seed,
        num_images: 1,
        ...(input.negativePrompt === '' ? {} : { negative_prompt: input.negativePrompt }),
      },
      wireParameters(target, ILLUSTRATE_PLACES),
    );
    // Exactly the provider's name of the model: the router finds the model by the path.
    const url = routes.url(`/${modelPath(target.model)}${queueQuery(target)}`)(target);
    return postRequest(url, wireJson({ prompt: input.prompt, ...parameters }), parameters);
  },
  (response, _input, target) => {
    const body = jsonBody(response, imagesSchema, target);
    // Such a picture is replaced by a black one, and billed.
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

/** fal's own API. */
export const fal = { traits, roles: { transcribe, diarize, illustrate } } satisfies WireContract;
