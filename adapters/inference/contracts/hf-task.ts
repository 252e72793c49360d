import { z } from 'zod';
import type { Contract, Target, WireRequest } from '../contract.ts';
import type { LabelsAnswer } from '../../../workflows/contracts/stored-results.ts';
import { sniffPicture } from '../sniff-picture.ts';
import type { Bytes } from '../wire-body.ts';
import { jsonAround } from '../wire-body.ts';
import { badReply } from './bad-reply.ts';
import { jsonBody } from './json-body.ts';
import { responseFacts, usageOf } from './response-facts.ts';
import { toTranscribeAnswer } from './transcribe-answer.ts';

/** Hugging Face's own provider behind the router: one route a model, the task follows from the model. */
const url = (target: Target): string =>
  `${target.baseUrl}/hf-inference/models/${target.model.split('/').map(encodeURIComponent).join('/')}`;

/** The toolkit behind it matches `content-type` and `accept` exactly: one plain value each. */
function jsonRequest(
  target: Target,
  inputs: string | Bytes,
  parameters: Record<string, unknown>,
  accept = 'application/json',
): WireRequest {
  return {
    method: 'POST',
    url: url(target),
    headers: { 'content-type': 'application/json', accept },
    // Without `parameters` the toolkit takes base64 for the name of a file.
    body:
      typeof inputs === 'string'
        ? JSON.stringify({ inputs, parameters })
        : jsonAround('{"inputs":"', inputs, `","parameters":${JSON.stringify(parameters)}}`),
    parameters,
  };
}

const transcribe: Contract<'transcribe'> = {
  buildRequest: (input, target) =>
    jsonRequest(target, input.audio, {
      return_timestamps: true,
      // A `language` at the top level is refused; the toolkit hands these on to `generate`.
      ...(input.language === null
        ? {}
        : { generation_parameters: { language: input.language, task: 'transcribe' } }),
    }),

  parseResponse: (response, input, target) => {
    const body = jsonBody(response, transcriptionSchema, target);
    return {
      answer: toTranscribeAnswer(
        {
          text: body.text,
          language: null,
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
};

const transcriptionSchema = z.object({
  text: z.string(),
  chunks: z
    .array(z.object({ text: z.string(), timestamp: z.array(z.number().nullable()).length(2) }))
    .nullish(),
});

const illustrate: Contract<'illustrate'> = {
  buildRequest: (input, target) =>
    jsonRequest(
      target,
      input.prompt,
      {
        ...(input.negativePrompt === '' ? {} : { negative_prompt: input.negativePrompt }),
        width: input.width,
        height: input.height,
        seed: input.seed,
      },
      'image/png',
    ),

  parseResponse: (response, _input, target) => {
    let { bytes } = response;
    // Some backends wrap the picture in JSON, whatever was asked.
    if (bytes[0] === OPENING_BRACE) {
      const [first] = jsonBody(response, wrappedPictureSchema, target).data;
      bytes = Buffer.from(first?.b64_json ?? '', 'base64');
    }
    // JPEG comes where PNG was asked: believe the bytes.
    const mediaType = sniffPicture(bytes);
    if (mediaType === null) throw badReply(target, response, 'its body is not a picture');
    return {
      answer: { bytes, mediaType },
      usage: usageOf(response, { images: 1 }),
      ...responseFacts(response),
      servedModel: null,
    };
  },
};

const OPENING_BRACE = 0x7b;
const wrappedPictureSchema = z.object({ data: z.array(z.object({ b64_json: z.string() })).min(1) });

const moderate: Contract<'moderate'> = {
  buildRequest: (input, target) => ({
    method: 'POST',
    url: url(target),
    headers: { 'content-type': input.mediaType, accept: 'application/json' },
    body: input.image,
    parameters: {},
  }),
  parseResponse: (response, _input, target) => ({
    answer: { labels: jsonBody(response, labelsSchema, target) },
    usage: usageOf(response, { images: 1 }),
    ...responseFacts(response),
    servedModel: null,
  }),
};

const classify: Contract<'classify'> = {
  // Without `top_k` pipelines answer the best label only; no classifier that is served has a hundred.
  buildRequest: (input, target) => jsonRequest(target, input.text, { top_k: 100 }),
  parseResponse: (response, _input, target) => ({
    answer: { labels: jsonBody(response, labelsSchema, target) },
    usage: usageOf(response, {}),
    ...responseFacts(response),
    servedModel: null,
  }),
};

/** Softmax in 32 bits comes out a hair above 1 or below 0. */
const ROUNDING = 1e-4;
const labelSchema = z.object({
  label: z.string().min(1).max(200),
  score: z
    .number()
    .min(-ROUNDING)
    .max(1 + ROUNDING)
    .transform((score) => Math.min(Math.max(score, 0), 1)),
});
/** Ten times what we ask for; ImageNet's thousand classes fit. */
const MOST_LABELS = 1000;
const flatLabelsSchema = z.array(labelSchema).min(1).max(MOST_LABELS);

/** Flat as documented, or nested as seen for one text: a list of lists with one entry. */
const labelsSchema: z.ZodType<LabelsAnswer['labels']> = z.union([
  flatLabelsSchema,
  z.tuple([flatLabelsSchema]).transform(([labels]) => labels),
]);

export const hfTask = { transcribe, illustrate, moderate, classify };
