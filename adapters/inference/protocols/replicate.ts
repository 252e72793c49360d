import { z } from 'zod';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { modelPath, splitModelSuffix, type Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import { jsonAround } from '../wire/wire-body.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import type { ContractTraits, Inputs, Reply, RoleContract, WireContract } from './contract.ts';
import { modelListQuestion } from './forms/probe-question.ts';
import { providerRoutes, workPathOf } from './forms/provider-routes.ts';
import { mergeMembers, wireJson } from './forms/wire-json.ts';
import { below, DIFFUSION, wireParameters, type WirePlaces } from './forms/wire-parameters.ts';
import { toIsoLanguage } from './reading/iso-language.ts';
import { checked, jsonBody } from './reading/json-body.ts';
import { pictureReply } from './reading/picture-reply.ts';
import { badReply, failedWork } from './reading/reply-errors.ts';
import { responseFacts, usageOf, word } from './reading/response-facts.ts';
import { toTranscribeAnswer } from './reading/transcribe-answer.ts';

const traits: ContractTraits = {
  router: { provider: { name: 'replicate', modelNames: 'provider', tasks: {} } },
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: true },
  streams: false,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const routes = providerRoutes({ prefix: '/replicate', hosts: ['api.replicate.com'] });

/**
 * Every call is a prediction, and every model has its own form of input. Replicate waits up to 60 s for the result; after
 * that Hansard asks for the state of the prediction.
 */
const prediction = <R extends Role>(
  places: WirePlaces,
  buildRequest: (input: Inputs[R], target: Target) => WireRequest,
  readOutput: (
    prediction: Prediction,
    response: WireResponse,
    input: Inputs[R],
    target: Target,
  ) => Reply<R>,
): RoleContract<R> => {
  const read = (response: WireResponse, input: Inputs[R], target: Target): Reply<R> => {
    const body = jsonBody(response, predictionSchema, target);
    switch (body.status) {
      case 'succeeded':
        return readOutput(body, response, input, target);
      case 'starting':
      case 'processing':
      case 'queued':
        return {
          ticket: { id: body.id, path: pathOf(body, target), phase: 'prediction' },
          // A cold model takes minutes to start; a warm one answers in seconds.
          waitMs: body.status === 'processing' ? 1000 : 3000,
        };
      case 'failed':
      case 'canceled':
      case 'aborted':
        throw failedWork(target, response, body.error ?? '', traits);
      default:
        throw badReply(target, response, 'the status of its prediction is unknown');
    }
  };
  return {
    places,
    buildRequest,
    parseResponse: read,
    follow: {
      buildRequest: ({ path }, target) => ({
        method: 'GET',
        url: target.baseUrl + path,
        headers: { accept: 'application/json' },
        body: null,
        parameters: {},
      }),
      parseResponse: (response, _ticket, input, target) => read(response, input, target),
    },
  };
};

/** The path that it gives, on the target's own server. */
const pathOf = ({ id, urls }: Prediction, target: Target): string =>
  routes.prefix(target) + (workPathOf(urls?.get, id) ?? `/v1/predictions/${id}`);

const predictionSchema = z.object({
  id: z.string().regex(/^[\w-]{1,200}$/),
  status: z.string(),
  output: z.unknown().optional(),
  error: z.string().nullish().catch(null),
  urls: z.object({ get: z.string().nullish() }).nullish().catch(null),
  model: z.string().nullish().catch(null),
  metrics: z
    .object({ predict_time: z.number().nonnegative().max(1e9).nullish() })
    .nullish()
    .catch(null),
});
type Prediction = z.infer<typeof predictionSchema>;

/** A model with a version, `owner/name:version`, is addressed by the version alone. */
function routeOf(target: Target): { readonly url: string; readonly version?: string } {
  const { name, suffix: version } = splitModelSuffix(target.model);
  return version === null
    ? { url: routes.url(target, `/v1/models/${modelPath(name)}/predictions`) }
    : { url: routes.url(target, '/v1/predictions'), version };
}

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  prefer: 'wait',
} as const;

const TRANSCRIBE_PLACES = below('input', {
  temperature: 'temperature',
  prompt: 'initial_prompt',
});

const transcribe = prediction<'transcribe'>(
  TRANSCRIBE_PLACES,
  (input, target) => {
    const { url, ...version } = routeOf(target);
    const parameters = mergeMembers(
      { input: input.language === null ? {} : { language: input.language } },
      wireParameters(target, TRANSCRIBE_PLACES),
    );
    const address = target.audioByUrl ? input.url : null;
    const asked = mergeMembers({ ...version, input: { audio: address ?? '' } }, parameters);
    const text = wireJson(asked);
    // The audio may not be in memory. Only the version comes before it, so the first match is its place.
    const place = text.indexOf(NO_AUDIO) + NO_AUDIO.length - 1;
    return {
      method: 'POST',
      url,
      headers: HEADERS,
      body:
        address === null
          ? jsonAround(
              `${text.slice(0, place)}data:${input.mediaType};base64,`,
              input.audio,
              text.slice(place),
            )
          : text,
      parameters,
    };
  },
  (body, response, input, target) => {
    const output = checked(body.output, transcriptSchema);
    if (!('data' in output))
      throw badReply(target, response, 'its output is not a transcript in a known form');
    const facts = responseFacts(response);
    return {
      answer: toTranscribeAnswer(output.data, {
        response,
        durationSeconds: input.durationSeconds,
        target,
      }),
      usage: usageOf(response, {
        audioSeconds: input.durationSeconds,
        computeSeconds: body.metrics?.predict_time ?? null,
      }),
      ...facts,
      requestId: facts.requestId ?? word(body.id),
      servedModel: word(body.model),
    };
  },
);

const NO_AUDIO = '"audio":""';

const spoken = (text: string) => ({ text, language: null, segments: [] });

/** Whisper's versions answer with a text, a list of texts, or an object, with or without segments. */
const transcriptSchema = z.union([
  z.string().transform(spoken),
  z.array(z.string()).transform((texts) => spoken(texts.join(''))),
  z
    .object({
      transcription: z.string().nullish(),
      translation: z.string().nullish(),
      detected_language: z.string().nullish().catch(null),
      segments: z
        .array(z.object({ start: z.number(), end: z.number(), text: z.string() }))
        .nullish()
        .catch(null),
    })
    .transform(({ transcription, translation, detected_language, segments }, context) => {
      const text = transcription ?? translation;
      if (text === undefined || text === null) {
        context.addIssue({ code: 'custom', message: 'no text' });
        return z.NEVER;
      }
      return { text, language: toIsoLanguage(detected_language ?? null), segments: segments ?? [] };
    }),
]);

const pictureSchema = z.union([z.string(), z.array(z.string()).min(1)]);

const ILLUSTRATE_PLACES = below('input', DIFFUSION);

const illustrate = prediction<'illustrate'>(
  ILLUSTRATE_PLACES,
  (input, target) => {
    const { url, ...version } = routeOf(target);
    const parameters = mergeMembers(
      {
        input: {
          width: input.width,
          height: input.height,
          seed: input.seed,
          ...(input.negativePrompt === '' ? {} : { negative_prompt: input.negativePrompt }),
        },
      },
      wireParameters(target, ILLUSTRATE_PLACES),
    );
    return {
      method: 'POST',
      url,
      headers: HEADERS,
      body: wireJson(mergeMembers({ ...version, input: { prompt: input.prompt } }, parameters)),
      parameters,
    };
  },
  (body, response, _input, target) => {
    const output = checked(body.output, pictureSchema);
    if (!('data' in output)) throw badReply(target, response, 'it holds no picture');
    return pictureReply(response, target, {
      url: typeof output.data === 'string' ? output.data : output.data[0],
      requestId: body.id,
      servedModel: body.model,
      usage: { computeSeconds: body.metrics?.predict_time ?? null },
    });
  },
);

/** Replicate's own API. */
export const replicate = { traits, roles: { transcribe, illustrate } } satisfies WireContract;
