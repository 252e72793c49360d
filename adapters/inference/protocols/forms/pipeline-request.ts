import type { Target } from '../../targets/target.ts';
import { jsonAround, type Bytes } from '../../wire/wire-body.ts';
import type { WireRequest } from '../../wire/wire-message.ts';
import { postRequest } from './wire-requests.ts';
import { mergeMembers, wireJson } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/** The `parameters` of a pipeline: our own, overridden by the configured ones. */
export function pipelineParameters(
  target: Target,
  places: WirePlaces,
  own: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { parameters } = mergeMembers({ parameters: own }, wireParameters(target, places));
  return typeof parameters === 'object' && parameters !== null ? { ...parameters } : {};
}

/** `parameters` are always there: without them the toolkit takes base64 for the name of a file. */
export const pipelineRequest = (
  url: string,
  inputs: string | Bytes,
  parameters: Readonly<Record<string, unknown>>,
  headers: WireRequest['headers'] = {},
): WireRequest => {
  const body =
    typeof inputs === 'string'
      ? wireJson({ inputs, parameters })
      : jsonAround('{"inputs":"', inputs, `","parameters":${wireJson(parameters)}}`);
  return postRequest(url, body, parameters, headers);
};

/** A recording or a picture. */
export interface PipelineFile {
  readonly bytes: Bytes;
  readonly mediaType: string;
}

/**
 * Sends a file as its bytes: base64 is a third longer. The toolkit compares the whole `content-type` and answers 400 to
 * one that it does not know (huggingface-inference-toolkit, serialization/base.py); it knows all types of our files.
 */
export const rawRequest = (
  url: string,
  { bytes, mediaType }: PipelineFile,
  parameters: Readonly<Record<string, unknown>>,
): WireRequest => postRequest(url, bytes, parameters, { 'content-type': mediaType });
