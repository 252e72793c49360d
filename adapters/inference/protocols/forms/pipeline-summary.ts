import { z } from 'zod';
import type { Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { badReply } from '../reading/bad-reply.ts';
import { jsonBody } from '../reading/json-body.ts';
import { jsonRequest, pipelineParameters } from './pipeline-request.ts';
import { responseFacts, usageOf } from '../reading/response-facts.ts';

/**
 * A model of the task summarization (BART, Pegasus) takes the bare text: no instructions, no schema, and not the
 * bounds that are asked of a chat model. Throws `InferenceError` of kind `too_large` where the text may exceed its
 * positions: the pipeline fails there, or cuts the end off without saying so.
 */
export function summaryRequest(
  url: string,
  { text }: Inputs['summarize'],
  target: Target,
): WireRequest {
  const positions = target.contextTokens ?? POSITIONS;
  if (mostTokens(text) > positions)
    throw new InferenceError(
      `${target.name} takes ${positions} tokens, and the text may have more. It is divided; set contextTokens if it takes more.`,
      { kind: 'too_large', target: target.name, charge: 'unsent' },
    );
  return jsonRequest(url, text, pipelineParameters(target));
}

/** Of BART and Pegasus. */
const POSITIONS = 1024;

/** Its tokens are bytes joined: hardly one has less than 3 letters on average, while others may go byte by byte. */
function mostTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  const ascii = text.length - text.replaceAll(/[ -~\s]/g, '').length;
  return Math.ceil(ascii / 3) + (bytes - ascii);
}

/** The draft of minutes that a summary without parts comes to: JSON with the one member `summary`. */
export function readSummary(response: WireResponse, target: Target): Parsed<'summarize'> {
  const { summary_text: summary, generated_text: generated } = jsonBody(
    response,
    summarySchema,
    target,
  );
  const said = (summary ?? generated ?? '').trim();
  if (said === '') throw badReply(target, response, 'its summary is empty');
  return {
    answer: { text: holdsDraft(said) ? said : JSON.stringify({ summary: said }) },
    usage: usageOf(response, {}),
    ...responseFacts(response),
    servedModel: null,
  };
}

const oneSummarySchema = z
  .object({ summary_text: z.string().nullish(), generated_text: z.string().nullish() })
  .refine((one) => typeof one.summary_text === 'string' || typeof one.generated_text === 'string');

/** A list as pipelines answer, or its entry as the published schema has it. */
const summarySchema = z.union([
  oneSummarySchema,
  z.tuple([oneSummarySchema]).transform(([one]) => one),
]);

/** A custom handler may have a chat model behind it, which was asked for JSON by its author. */
function holdsDraft(text: string): boolean {
  try {
    return draftSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

const draftSchema = z.object({ summary: z.string() });
