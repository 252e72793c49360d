import { z } from 'zod';
import type { Target } from '../targets/target.ts';
import type { WireRequest } from '../wire/wire-message.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, Inputs, Parsed, RoleContract, WireContract } from './contract.ts';
import { pipelineRequest, rawRequest, type PipelineFile } from './forms/pipeline-request.ts';
import { pipelineTasks } from './forms/pipeline-tasks.ts';
import { healthQuestion } from './forms/probe-question.ts';
import { pipelineVectors } from './forms/vectors.ts';
import { below, GENERATION, wireParameters } from './forms/wire-parameters.ts';
import { diarizationReply, MOST_DIARIZED_VALUES, turnsSchema } from './reading/diarize-answer.ts';
import { jsonBody } from './reading/json-body.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
  router: null,
  // A pipeline's summary comes in one piece.
  streams: false,
  probeQuestion: healthQuestion,
  everyExceptionIs400: true,
};

/** One route and one model per server. */
const url = ({ baseUrl }: Target): string => baseUrl;

/** As pyannote's pipeline calls it. */
const DIARIZE_PLACES = { speakers: 'num_speakers' };

/**
 * Beside raw bytes the toolkit reads parameters from the query string: whole numbers, true and false, or text. With any
 * other parameter the file goes as JSON. A picture's parameters all fit the query, and must: some releases take base64
 * for the name of a picture's file.
 */
function fileRequest(
  address: string,
  file: PipelineFile,
  parameters: Readonly<Record<string, unknown>>,
): WireRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'boolean' && typeof value !== 'string' && !Number.isInteger(value))
      return pipelineRequest(address, file.bytes, parameters);
    query.set(name, String(value));
  }
  return rawRequest(
    query.size === 0 ? address : `${address}?${query.toString()}`,
    file,
    parameters,
  );
}

// A pipeline passes unknown parameters on to `generate`; it has no `generate_parameters`.
const tasks = pipelineTasks({ url, summaryPlaces: below('parameters', GENERATION), fileRequest });

/** The toolkit has no such task: a custom handler around pyannote's pipeline, which takes bytes. */
const diarize: RoleContract<'diarize', Parsed<'diarize'>> = {
  places: DIARIZE_PLACES,
  buildRequest: ({ audio: bytes, mediaType }, target) =>
    fileRequest(url(target), { bytes, mediaType }, wireParameters(target, DIARIZE_PLACES)),
  parseResponse: (response, input, target) => {
    const body = jsonBody(response, diarizationSchema, target, MOST_DIARIZED_VALUES);
    return diarizationReply(response, input, target, body.diarization ?? body.segments ?? []);
  },
};

const diarizationSchema = z
  .object({ diarization: turnsSchema, segments: turnsSchema })
  .refine(({ diarization, segments }) => Array.isArray(diarization ?? segments));

/**
 * The same number of pixels with equal sides. Some releases refuse all others, because of an error in a check that both
 * sides are given (diffusers_utils.py). The sides stay multiples of 64, which diffusion models need.
 */
function toSquare(input: Inputs['illustrate']): Inputs['illustrate'] {
  const side = Math.max(Math.round(Math.sqrt(input.width * input.height) / 64), 1) * 64;
  return { ...input, width: side, height: side };
}

/** A dedicated endpoint that runs Hugging Face's inference toolkit, or a custom handler. */
export const toolkit = {
  traits,
  roles: {
    ...tasks,
    diarize,
    illustrate: {
      ...tasks.illustrate,
      buildRequest: (input, target) => tasks.illustrate.buildRequest(toSquare(input), target),
    },
    embed: pipelineVectors(url, {}),
  },
} satisfies WireContract;
