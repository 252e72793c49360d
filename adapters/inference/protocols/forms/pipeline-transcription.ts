import { z } from 'zod';
import type { Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { jsonBody } from '../reading/json-body.ts';
import { pipelineParameters } from './pipeline-request.ts';
import { responseFacts, usageOf } from '../reading/response-facts.ts';
import { toTranscribeAnswer } from '../reading/transcribe-answer.ts';

/** What transformers' Whisper pipeline is told. Nothing at all where neither times nor a language are wanted. */
export function transcriptionParameters(
  { language }: Inputs['transcribe'],
  target: Target,
): Record<string, unknown> {
  // Models of English only refuse to be told of it (`openai/whisper-small.en`).
  const english = language === 'en' && target.model.endsWith('.en');
  const { return_timestamps: times, ...rest } = pipelineParameters(target, {
    return_timestamps: true,
    // A `language` at the top level is refused; the pipeline hands these on to `generate`.
    ...(language === null || english
      ? {}
      : { generation_parameters: { language, task: 'transcribe' } }),
  });
  return times === true ? { return_timestamps: true, ...rest } : rest;
}

export function readTranscription(
  response: WireResponse,
  { durationSeconds }: Inputs['transcribe'],
  target: Target,
): Parsed<'transcribe'> {
  const body = jsonBody(response, transcriptionSchema, target);
  const segments = (body.chunks ?? []).map(({ text, timestamp }) => ({
    start: timestamp[0] ?? null,
    end: timestamp[1] ?? null,
    text,
  }));
  return {
    answer: toTranscribeAnswer(
      { text: body.text, language: null, segments },
      { response, durationSeconds, target },
    ),
    usage: usageOf(response, { audioSeconds: durationSeconds }),
    ...responseFacts(response),
    servedModel: null,
  };
}

const transcriptionSchema = z.object({
  text: z.string(),
  chunks: z
    .array(z.object({ text: z.string(), timestamp: z.array(z.number().nullable()).length(2) }))
    .nullish(),
});
