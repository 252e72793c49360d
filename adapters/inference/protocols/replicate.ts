import { z } from 'zod';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { modelPath, splitModelSuffix, type Target } from '../targets/target.ts';
import { jsonAround } from '../wire/wire-body.ts';
import type { WireRequest } from '../wire/wire-message.ts';
import { COMMON_TRAITS, providerTraits } from './common-traits.ts';
import type { ContractTraits, Inputs, Reply, RoleContract, WireContract } from './contract.ts';
import { postRequest, stateRequest } from './forms/wire-requests.ts';
import { providerRoutes, workPathOf } from './forms/provider-routes.ts';
import { mergeMembers, wireJson } from './forms/wire-json.ts';
import { below, DIFFUSION, wireParameters, type WirePlaces } from './forms/wire-parameters.ts';
import { isFileAddress } from '../wire/address-guard.ts';
import { checked, jsonBody } from './reading/json-body.ts';
import { pictureReply } from './reading/picture-reply.ts';
import { badReply, failedWork } from './reading/reply-errors.ts';
import { reportedText, type Told } from './reading/response-facts.ts';
import { chunksSchema, segmentsSchema, transcriptReply } from './reading/transcribe-answer.ts';

const traits: ContractTraits = {
  ...providerTraits('replicate'),
  audio: { ...COMMON_TRAITS.audio, byUrl: true, tellsWords: false },
  streams: false,
};

const routes = providerRoutes({ prefix: '/replicate', hosts: ['api.replicate.com'] });

/** One role of a model. Every model has its own form of input and output. */
interface Model<R extends Role, Output> {
  readonly places: WirePlaces;
  /** Its members of `input` that are parameters of the call. */
  readonly own: (input: Inputs[R]) => Readonly<Record<string, unknown>>;
  /** The item itself, as a member of `input`. */
  readonly item: (input: Inputs[R], target: Target) => Readonly<Record<string, string>>;
  /** Puts bytes into the written body; default: it holds all. */
  readonly fill?: (body: string, input: Inputs[R], target: Target) => WireRequest['body'];
  readonly output: z.ZodType<Output>;
  /** A list may hold only the beginning while the prediction is processing. */
  readonly listsGrow: boolean;
  /** Completes "answered 200, but". */
  readonly otherOutput: string;
  readonly read: (
    output: Output,
    told: Told,
    ...answer: Parameters<RoleContract<R>['parseResponse']>
  ) => Reply<R>;
}

/**
 * Every call is a prediction. Replicate waits up to 60 s for the result; after that Hansard asks for the state of the
 * prediction.
 */
function prediction<R extends Role, Output>(model: Model<R, Output>): RoleContract<R> {
  const read: RoleContract<R>['parseResponse'] = (response, input, target) => {
    const body = jsonBody(response, predictionSchema, target);
    const output = checked(body.output, model.output);
    const told = {
      requestId: body.id,
      servedModel: body.model,
      computeSeconds: body.metrics?.predict_time,
    };
    // The answer to `Prefer: wait` may be older than the output in it, and a second question may not find it.
    const isThere =
      body.status === 'processing' &&
      (body.error ?? '') === '' &&
      'data' in output &&
      body.output !== '' &&
      !(model.listsGrow && Array.isArray(body.output));
    switch (isThere ? 'succeeded' : body.status) {
      case 'succeeded':
        if (!('data' in output)) throw badReply(target, response, model.otherOutput);
        return model.read(output.data, told, response, input, target);
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
    places: model.places,
    buildRequest: (input, target) => {
      const { url, ...version } = routeOf(target);
      const parameters = mergeMembers(
        { input: model.own(input) },
        wireParameters(target, model.places),
      );
      const body = wireJson(
        mergeMembers({ ...version, input: model.item(input, target) }, parameters),
      );
      const filled = model.fill?.(body, input, target) ?? body;
      return postRequest(url, filled, parameters, { prefer: 'wait' });
    },
    parseResponse: read,
    follow: {
      buildRequest: ({ path }, target) => stateRequest(target.baseUrl + path),
      parseResponse: (response, _ticket, input, target) => read(response, input, target),
    },
  };
}

/** The path that it gives, on the target's own server. */
const pathOf = ({ id, urls }: Prediction, target: Target): string =>
  routes.prefix(target) + (workPathOf(urls?.get, id) ?? `/v1/predictions/${id}`);

const predictionSchema = z.object({
  id: z.string().regex(/^[\w-]{1,200}$/),
  status: z.string(),
  output: z.unknown().optional(),
  error: reportedText,
  urls: z.object({ get: z.string().nullish() }).nullish().catch(null),
  model: reportedText,
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
    ? { url: routes.url(`/v1/models/${modelPath(name)}/predictions`)(target) }
    : { url: routes.url('/v1/predictions')(target), version };
}

const NO_AUDIO = '"audio":""';

const oneTranscriptSchema = z
  .object({
    transcription: z.string().nullish(),
    translation: z.string().nullish(),
    text: z.string().nullish(),
    detected_language: reportedText,
    segments: segmentsSchema.catch(null),
    chunks: chunksSchema.catch(null),
  })
  .transform(({ detected_language: language, segments, chunks, ...texts }) => ({
    text: texts.transcription ?? texts.translation ?? texts.text,
    language,
    segments: segments ?? chunks,
  }))
  .refine((one): one is typeof one & { text: string } => typeof one.text === 'string');

/**
 * Whisper's versions answer with a text or an object, with or without times, or with a list of either; some only with the
 * address of a text.
 */
const transcriptSchema = z.union([
  z.string().transform((text) => ({ text })),
  z.array(z.string()).transform((texts) => ({ text: texts.join('') })),
  oneTranscriptSchema,
  z.array(oneTranscriptSchema).transform((parts) => ({
    text: parts.map(({ text }) => text).join(''),
    language: parts[0]?.language,
    segments: parts.flatMap(({ text, segments }) => segments ?? [{ start: null, end: null, text }]),
  })),
  z
    .object({ txt_file: z.string().refine(isFileAddress) })
    .transform(({ txt_file }) => ({ textUrl: txt_file })),
]);

const addressOf = ({ url }: Inputs['transcribe'], { audioByUrl }: Target): string | null =>
  audioByUrl ? url : null;

const transcribe = prediction<'transcribe', z.infer<typeof transcriptSchema>>({
  places: below('input', { temperature: 'temperature', prompt: 'initial_prompt' }),
  own: ({ language }) => (language === null ? {} : { language }),
  item: (input, target) => ({ audio: addressOf(input, target) ?? '' }),
  fill: (body, input, target) => {
    if (addressOf(input, target) !== null) return body;
    // The audio may not be in memory. Only the version comes before it, so the first match is its place.
    const place = body.indexOf(NO_AUDIO) + NO_AUDIO.length - 1;
    const before = `${body.slice(0, place)}data:${input.mediaType};base64,`;
    return jsonAround(before, input.audio, body.slice(place));
  },
  output: transcriptSchema,
  listsGrow: true,
  otherOutput: 'its output is not a transcript in a known form',
  read: (output, told, response, input, target) => {
    const reply = (transcript: Exclude<typeof output, { textUrl: string }>) =>
      transcriptReply(response, input, target, transcript, told);
    if (!('textUrl' in output)) return reply(output);
    return { textUrl: output.textUrl, read: (text) => reply({ text }) };
  },
});

const illustrate = prediction<'illustrate', string>({
  places: below('input', DIFFUSION),
  own: ({ width, height, seed, negativePrompt }) => ({
    width,
    height,
    seed,
    ...(negativePrompt === '' ? {} : { negative_prompt: negativePrompt }),
  }),
  item: ({ prompt }) => ({ prompt }),
  output: z.union([
    z.string(),
    z
      .array(z.string())
      .min(1)
      .transform(([first = '']) => first),
  ]),
  listsGrow: false,
  otherOutput: 'it holds no picture',
  read: (url, told, response, _input, target) => pictureReply(response, target, { url }, told),
});

/** Replicate's own API. */
export const replicate = { traits, roles: { transcribe, illustrate } } satisfies WireContract;
