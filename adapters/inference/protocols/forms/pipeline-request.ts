import type { Target } from '../../targets/target.ts';
import type { WireRequest } from '../../wire/wire-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { mergeMembers } from '../../targets/parameters/merge-members.ts';
import { wireParameters } from '../../targets/parameters/wire-parameters.ts';
import type { Bytes } from '../../wire/wire-body.ts';
import { jsonAround } from '../../wire/wire-body.ts';
import { toolkitMediaType } from './toolkit-media-types.ts';
import { wireJson } from './wire-json.ts';

/** What a pipeline is told beside its `inputs`: our own wishes, and before them what is configured. */
export function pipelineParameters(
  target: Target,
  own: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { parameters } = mergeMembers({ parameters: own }, wireParameters(target));
  return typeof parameters === 'object' && parameters !== null ? { ...parameters } : {};
}

/** `accept` is matched exactly, as `content-type` is: one plain value. */
export const jsonRequest = (
  url: string,
  inputs: string | Bytes,
  parameters: Readonly<Record<string, unknown>>,
  accept = 'application/json',
): WireRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', accept },
  // Without `parameters` the toolkit takes base64 for the name of a file.
  body:
    typeof inputs === 'string'
      ? wireJson({ inputs, parameters })
      : jsonAround('{"inputs":"', inputs, `","parameters":${wireJson(parameters)}}`),
  parameters,
});

/** A recording or a picture as it is, which spares the third that base64 adds. */
export function rawRequest(
  url: string,
  inputs: Bytes,
  mediaType: string,
  target: Target,
  parameters: Readonly<Record<string, unknown>> = {},
): WireRequest {
  const contentType = toolkitMediaType(mediaType);
  if (contentType === null)
    throw new InferenceError(
      `${target.name} does not take ${/^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'such a file'}. Convert it first.`,
      { kind: 'input', target: target.name, charge: 'unsent' },
    );
  return {
    method: 'POST',
    url,
    headers: { 'content-type': contentType, accept: 'application/json' },
    body: inputs,
    parameters,
  };
}
