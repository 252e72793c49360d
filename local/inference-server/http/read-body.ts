import type { IncomingMessage } from 'node:http';
import { taskRefusal } from './refusal.ts';

/** 32 MiB: above the 25 MB that Hugging Face's own clients send, with room for base64. */
export const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** The whole body. A larger one is drained, so that the client reads the 413 instead of a reset connection. */
export async function readBody(
  request: IncomingMessage,
  limitBytes = BODY_LIMIT_BYTES,
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes <= limitBytes) parts.push(part);
  }
  if (sizeBytes > limitBytes) {
    throw taskRefusal(413, `Payload too large: the limit is ${limitBytes} bytes`);
  }
  return Buffer.concat(parts);
}
