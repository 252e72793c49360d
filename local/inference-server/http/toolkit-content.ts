import type { IncomingHttpHeaders } from 'node:http';
import { taskRefusal } from './refusal.ts';

/*
 * The toolkit matches Content-Type and Accept exactly against one map: no spaces, no other case, no lists.
 * huggingface-inference-toolkit, serialization/base.py.
 */
const JSON_TYPES = ['application/json', 'application/json; charset=UTF-8'];
const AUDIO_TYPES =
  /^audio\/(flac|x-flac|mpeg|x-mpeg-3|wave|wav|x-wav|ogg|x-audio|webm|webm;codecs=opus|AMR|amr|AMR-WB|AMR-WB\+|m4a|x-m4a)$/;
/** What sharp encodes of the toolkit's pictures, by media type; the rest can be read only. */
const IMAGE_FORMATS = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/tiff': 'tiff',
  'image/gif': 'gif',
  'image/webp': 'webp',
} as const;
const IMAGE_TYPES = [...Object.keys(IMAGE_FORMATS), 'image/bmp', 'image/x-image'];

export type ContentKind = 'json' | 'audio' | 'image';
export type ImageFormat = (typeof IMAGE_FORMATS)[keyof typeof IMAGE_FORMATS];

/** A missing Content-Type means JSON. */
export function readContentKind(headers: IncomingHttpHeaders): ContentKind {
  const type = headers['content-type'] ?? 'application/json';
  const kind = kindOf(type);
  if (kind === null) throw unsupported('Content', type);
  return kind;
}

/** Nothing and `*` + `/*` mean JSON. A picture is encoded as asked for. */
export function readAccept(
  headers: IncomingHttpHeaders,
):
  | { readonly kind: 'json' }
  | { readonly kind: 'image'; readonly type: string; readonly format: ImageFormat } {
  const accept = headers.accept ?? '*/*';
  if (accept === '*/*' || JSON_TYPES.includes(accept)) return { kind: 'json' };
  const format = Object.entries(IMAGE_FORMATS).find(([type]) => type === accept)?.[1];
  if (format === undefined) throw unsupported('Accept', accept);
  return { kind: 'image', type: accept, format };
}

function kindOf(type: string): ContentKind | null {
  if (JSON_TYPES.includes(type)) return 'json';
  if (AUDIO_TYPES.test(type)) return 'audio';
  return IMAGE_TYPES.includes(type) ? 'image' : null;
}

const unsupported = (what: 'Content' | 'Accept', type: string) =>
  taskRefusal(400, `${what} type "${type}" not supported.`);
