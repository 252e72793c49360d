import type { Target } from '../../targets/target.ts';
import { errorFor } from '../../verdicts/inference-error.ts';
import { jsonAround, type Bytes } from '../../wire/wire-body.ts';
import type { WireRequest } from '../../wire/wire-message.ts';
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

/** `accept` must be one plain value, like `content-type`: servers compare it as a whole. */
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

/** Sends a recording or a picture as its bytes: base64 is a third longer. */
export function rawRequest(
  url: string,
  inputs: Bytes,
  mediaType: string,
  target: Target,
  parameters: Readonly<Record<string, unknown>> = {},
): WireRequest {
  const contentType = toolkitMediaType(mediaType);
  if (contentType === null)
    throw errorFor(target, null, {
      kind: 'input',
      says: `does not accept ${/^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'such a file'}. Convert it first.`,
      charge: 'unsent',
    });
  return {
    method: 'POST',
    url,
    headers: { 'content-type': contentType, accept: 'application/json' },
    body: inputs,
    parameters,
  };
}

/**
 * The value of `content-type` under which the toolkit accepts such a file; null: none. The toolkit compares whole values
 * and answers 400 to any other (huggingface-inference-toolkit, serialization/base.py).
 */
export function toolkitMediaType(mediaType: string): string | null {
  const trimmed = mediaType.trim();
  if (EXACT.includes(trimmed)) return trimmed;
  const plain = trimmed.toLowerCase().replaceAll(/\s+/g, '');
  return EXACT.find((type) => type === plain) ?? ALIASES.get(plain) ?? null;
}

const EXACT: readonly string[] = [
  'audio/flac',
  'audio/x-flac',
  'audio/mpeg',
  'audio/x-mpeg-3',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/ogg',
  'audio/x-audio',
  'audio/webm',
  'audio/webm;codecs=opus',
  'audio/AMR',
  'audio/amr',
  'audio/AMR-WB',
  'audio/AMR-WB+',
  'audio/m4a',
  'audio/x-m4a',
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/tiff',
  'image/bmp',
  'image/gif',
  'image/webp',
  'image/x-image',
];

/** Other names of accepted types, in lower case and without blanks. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'audio/mp3': 'audio/mpeg',
    'audio/mp4': 'audio/m4a',
    'audio/vnd.wave': 'audio/wav',
    'audio/ogg;codecs=opus': 'audio/ogg',
    'audio/opus': 'audio/ogg',
    'audio/amr-wb': 'audio/AMR-WB',
    'audio/amr-wb+': 'audio/AMR-WB+',
    'image/pjpeg': 'image/jpeg',
    'image/x-png': 'image/png',
    'image/x-ms-bmp': 'image/bmp',
  }),
);
