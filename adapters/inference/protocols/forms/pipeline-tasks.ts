import { z } from 'zod';
import type { LabelsAnswer } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../targets/target.ts';
import { errorFor } from '../../verdicts/inference-error.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import type { Elsewhere, Inputs, Parsed, RoleContract } from '../contract.ts';
import { jsonBody } from '../reading/json-body.ts';
import { parseJson } from '../../wire/wire-body.ts';
import { pictureReply, sniffPicture } from '../reading/picture-reply.ts';
import { badReply } from '../reading/reply-errors.ts';
import { replyFacts } from '../reading/response-facts.ts';
import { sentencesOf } from '../reading/sentences-of.ts';
import { chunksSchema, transcriptReply } from '../reading/transcribe-answer.ts';
import { pipelineParameters, pipelineRequest, type PipelineFile } from './pipeline-request.ts';
import { below, DIFFUSION, type WirePlaces } from './wire-parameters.ts';

interface PipelineServer {
  readonly url: (target: Target) => string;
  /** Of a summary. */
  readonly summaryPlaces: WirePlaces;
  /** How it takes a recording or a picture together with parameters. */
  readonly fileRequest: (
    url: string,
    file: PipelineFile,
    parameters: Readonly<Record<string, unknown>>,
  ) => WireRequest;
}

/** The tasks of transformers' and diffusers' pipelines, as hf-inference and the toolkit serve them. */
export const pipelineTasks = ({
  url,
  summaryPlaces,
  fileRequest,
}: PipelineServer): {
  readonly transcribe: RoleContract<'transcribe', Parsed<'transcribe'>>;
  readonly summarize: RoleContract<'summarize', Parsed<'summarize'>>;
  readonly illustrate: RoleContract<'illustrate'>;
  readonly moderate: RoleContract<'moderate', Parsed<'moderate'>>;
  readonly classify: RoleContract<'classify', Parsed<'classify'>>;
} => ({
  transcribe: {
    places: WHISPER_PLACES,
    buildRequest: (input, target) => {
      const file = { bytes: input.audio, mediaType: input.mediaType };
      return fileRequest(url(target), file, transcriptionParameters(input, target));
    },
    parseResponse: (response, input, target) => {
      const { text, chunks } = jsonBody(response, transcriptSchema, target);
      if (input.words !== true) {
        return transcriptReply(response, input, target, { text, segments: chunks });
      }
      // Each chunk is a word then.
      const words = chunks?.map(({ text: word, ...times }) => ({ word, ...times }));
      const segments = chunks && sentencesOf(chunks);
      return transcriptReply(response, input, target, { text, segments, words });
    },
  },
  summarize: {
    places: summaryPlaces,
    buildRequest: (input, target) => summaryRequest(url(target), input, target, summaryPlaces),
    parseResponse: (response, _input, target) => readSummary(response, target),
  },
  illustrate: {
    places: PICTURE_PLACES,
    buildRequest: ({ prompt, negativePrompt, width, height, seed }, target) => {
      const parameters = pipelineParameters(target, PICTURE_PLACES, {
        ...(negativePrompt === '' ? {} : { negative_prompt: negativePrompt }),
        width,
        height,
        seed,
      });
      return pipelineRequest(url(target), prompt, parameters, { accept: 'image/png' });
    },
    parseResponse: (response, _input, target) => readPicture(response, target),
  },
  moderate: {
    places: CLASSIFIER_PLACES,
    buildRequest: ({ image, mediaType }, target) => {
      const parameters = pipelineParameters(target, CLASSIFIER_PLACES);
      return fileRequest(url(target), { bytes: image, mediaType }, parameters);
    },
    parseResponse: (response, _input, target) => ({
      answer: { labels: jsonBody(response, labelsSchema, target) },
      ...replyFacts(response, { images: 1 }),
    }),
  },
  classify: {
    places: CLASSIFIER_PLACES,
    buildRequest: ({ text }, target) => {
      // Without `top_k` pipelines answer only the best label. No classifier that is served has a hundred.
      const parameters = pipelineParameters(target, CLASSIFIER_PLACES, { top_k: 100 });
      return pipelineRequest(url(target), text, parameters);
    },
    parseResponse: (response, _input, target) => ({
      answer: { labels: jsonBody(response, labelsSchema, target) },
      ...replyFacts(response),
    }),
  },
});

const CLASSIFIER_PLACES = below('parameters', {
  functionToApply: 'function_to_apply',
  topK: 'top_k',
});

/** A softmax in 32 bits can be slightly above 1 or below 0. */
const ROUNDING = 1e-4;
const labelSchema = z.object({
  label: z.string().min(1).max(200),
  score: z
    .number()
    .min(-ROUNDING)
    .max(1 + ROUNDING)
    .transform((score) => Math.min(Math.max(score, 0), 1)),
});
/** Ten times what we ask for; enough for ImageNet's thousand classes. */
const MOST_LABELS = 1000;
const flatLabelsSchema = z.array(labelSchema).min(1).max(MOST_LABELS);

/** Flat as documented, or as a list with one list in it, which servers answer for a single text. */
const labelsSchema: z.ZodType<LabelsAnswer['labels']> = z.union([
  flatLabelsSchema,
  z.tuple([flatLabelsSchema]).transform(([labels]) => labels),
]);

/**
 * Summarisation models (BART, Pegasus) take only the text: no instructions, no schema, and none of the bounds that chat
 * models get. Throws `InferenceError` of kind `too_large` if the text may have more tokens than the model has positions:
 * the pipeline would fail, or cut the end off silently.
 */
function summaryRequest(
  url: string,
  { text }: Inputs['summarize'],
  target: Target,
  places: WirePlaces,
): WireRequest {
  const positions = target.contextTokens ?? POSITIONS;
  if (mostTokens(text) > positions)
    throw errorFor(target, null, {
      kind: 'too_large',
      says: `takes ${positions} tokens, and the text may have more. It is divided; set contextTokens if the model takes more.`,
      charge: 'unsent',
    });
  return pipelineRequest(url, text, pipelineParameters(target, places));
}

/** Of BART and Pegasus. */
const POSITIONS = 1024;

/** An upper estimate. English tokens have 3 letters or more on average; other scripts may need a token per byte. */
function mostTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  const ascii = text.length - text.replaceAll(/[ -~\s]/g, '').length;
  return Math.ceil(ascii / 3) + (bytes - ascii);
}

/** The summary as a draft of minutes: JSON whose only member is `summary`. */
function readSummary(response: WireResponse, target: Target): Parsed<'summarize'> {
  const { summary_text: summary, generated_text: generated } = jsonBody(
    response,
    summarySchema,
    target,
  );
  const text = (summary ?? generated ?? '').trim();
  if (text === '') throw badReply(target, response, 'its summary is empty');
  return {
    answer: { text: holdsDraft(text) ? text : JSON.stringify({ summary: text }) },
    ...replyFacts(response),
  };
}

const oneSummarySchema = z
  .object({ summary_text: z.string().nullish(), generated_text: z.string().nullish() })
  .refine((one) => typeof one.summary_text === 'string' || typeof one.generated_text === 'string');

/** A list, as pipelines answer, or only its entry, as in the published schema. */
const summarySchema = z.union([
  oneSummarySchema,
  z.tuple([oneSummarySchema]).transform(([one]) => one),
]);

/** A custom handler may call a chat model that already answers with JSON. */
const holdsDraft = (text: string): boolean => draftSchema.safeParse(parseJson(text)).success;

const draftSchema = z.object({ summary: z.string() });

const transcriptSchema = z.object({ text: z.string(), chunks: chunksSchema });

const WHISPER_PLACES: WirePlaces = {
  ...below('parameters.generation_parameters', {
    temperature: 'temperature',
    beams: 'num_beams',
    noRepeatNgramSize: 'no_repeat_ngram_size',
  }),
  // No prompt: transformers takes it only as token ids.
  timestamps: { at: 'parameters.return_timestamps', values: { segment: true, none: false } },
};

/** Parameters of transformers' Whisper pipeline. Empty where neither timestamps nor a language are requested. */
function transcriptionParameters(
  { language, words = false }: Inputs['transcribe'],
  target: Target,
): Record<string, unknown> {
  // English-only models refuse a language (`openai/whisper-small.en`).
  const english = language === 'en' && target.model.endsWith('.en');
  const { return_timestamps: times, ...rest } = pipelineParameters(target, WHISPER_PLACES, {
    return_timestamps: words ? 'word' : true,
    // A `language` at the top level is refused; the pipeline passes these on to `generate`.
    ...(language === null || english
      ? {}
      : { generation_parameters: { language, task: 'transcribe' } }),
  });
  return times === true || times === 'word' ? { return_timestamps: times, ...rest } : rest;
}

const PICTURE_PLACES = below('parameters', DIFFUSION);

/** The picture's bytes, of whatever type: some servers answer JPEG though asked for PNG, and some wrap it in JSON. */
function readPicture(
  response: WireResponse,
  target: Target,
): Parsed<'illustrate'> | Elsewhere<'illustrate'> {
  const { bytes } = response;
  const mediaType = sniffPicture(bytes);
  if (mediaType !== null)
    return { answer: { bytes, mediaType }, ...replyFacts(response, { images: 1 }) };
  if (bytes[0] !== OPENING_BRACE) throw badReply(target, response, 'its body is not a picture');
  const { data, output, image } = jsonBody(response, wrappedPictureSchema, target);
  const first = data?.[0];
  return pictureReply(response, target, {
    base64: first?.b64_json ?? image,
    url: first?.url ?? (Array.isArray(output) ? output[0] : output),
  });
}

const OPENING_BRACE = 0x7b;

const wrappedPictureSchema = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })).nullish(),
  output: z.union([z.string(), z.array(z.string())]).nullish(),
  /** The form that Hugging Face publishes for the task; base64. */
  image: z.string().nullish(),
});
