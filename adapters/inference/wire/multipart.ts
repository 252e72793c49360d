import { createHash, randomUUID } from 'node:crypto';
import type { Bytes } from './wire-body.ts';
import { concatenate, isByteSource } from './wire-body.ts';

export type MultipartPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly filename: string;
      readonly mediaType: string;
      readonly bytes: Bytes;
    };

/**
 * `multipart/form-data` (RFC 7578), identical for identical parts: the boundary is a digest of them, so it cannot occur
 * in them. For bytes that are not in memory, a random id replaces their content. undici's FormData always uses a
 * random boundary.
 */
export function encodeMultipart(parts: readonly MultipartPart[]): {
  readonly contentType: string;
  readonly body: Bytes;
} {
  const pieces = parts.map((part) => ({
    head: Buffer.from(headOf(part)),
    content: contentOf(part),
  }));
  const digest = createHash('sha256');
  for (const { head, content } of pieces) {
    digest.update(head);
    digest.update(isByteSource(content) ? `${content.length} ${randomUUID()}` : content);
  }
  const boundary = `hansard-${digest.digest('hex').slice(0, 40)}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: concatenate([
      ...pieces.flatMap(({ head, content }) => [
        Buffer.from(`--${boundary}\r\n`),
        head,
        content,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}

function headOf(part: MultipartPart): string {
  const name = `content-disposition: form-data; name="${escape(part.name)}"`;
  return 'value' in part
    ? `${name}\r\n\r\n`
    : `${name}; filename="${escape(part.filename)}"\r\ncontent-type: ${part.mediaType}\r\n\r\n`;
}

const contentOf = (part: MultipartPart): Bytes =>
  'value' in part ? Buffer.from(part.value) : part.bytes;

/** As browsers do (WHATWG HTML, multipart/form-data encoding algorithm). */
const escape = (text: string): string =>
  text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
