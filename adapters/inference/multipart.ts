import { createHash } from 'node:crypto';

export type MultipartPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly filename: string;
      readonly mediaType: string;
      readonly bytes: Uint8Array;
    };

/**
 * `multipart/form-data` (RFC 7578) as bytes, the same for the same parts: the boundary is a digest of them, so that
 * it cannot occur in what it bounds. undici's FormData draws its boundary at random.
 */
export function encodeMultipart(parts: readonly MultipartPart[]): {
  readonly contentType: string;
  readonly body: Uint8Array;
} {
  const pieces = parts.map((part) => ({
    head: Buffer.from(headOf(part)),
    content: contentOf(part),
  }));
  const digest = createHash('sha256');
  for (const { head, content } of pieces) digest.update(head).update(content);
  const boundary = `hansard-${digest.digest('hex').slice(0, 40)}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
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

const contentOf = (part: MultipartPart): Uint8Array =>
  'value' in part ? Buffer.from(part.value) : part.bytes;

/** As browsers do (WHATWG HTML, multipart/form-data encoding algorithm). */
const escape = (text: string): string =>
  text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
