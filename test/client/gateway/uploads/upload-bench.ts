import { createHash, randomBytes } from 'node:crypto';
import type { testGateway } from '../test-gateway.ts';

type Gateway = Awaited<ReturnType<typeof testGateway>>;
type Json = Readonly<Record<string, unknown>>;

export interface Upload {
  readonly id: string;
  readonly bytes: number;
  readonly partBytes: number;
  readonly parts: number;
  readonly received: readonly number[];
}

interface PartAddress {
  readonly part: number;
  readonly bytes: number;
  readonly url: string;
}

/** A client of the gateway that sends files in parts, with a key of its own. */
export async function uploader(gateway: Gateway, tenant: string, name?: string) {
  const { id: keyId, headers } = await gateway.keyOf(tenant, 'submitter', name);
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const asked = { method, url: `/api${url}`, headers };
    const answer = await gateway.app.inject(payload === undefined ? asked : { ...asked, payload });
    return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json<Json>() };
  };
  const begin = async (file: Buffer, more: object = {}) => {
    const asked = { name: 'talk.wav', bytes: file.length, ...more };
    const { status, body } = await ask('POST', '/uploads', asked);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body as unknown as Upload;
  };
  const addresses = async ({ id }: Upload, parts: readonly number[]) => {
    const { status, body } = await ask('POST', `/uploads/${id}/parts`, { parts });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return (body as unknown as { parts: PartAddress[] }).parts;
  };
  const send = async (upload: Upload, file: Buffer, parts: readonly number[]) => {
    for (const { part, url, bytes } of await addresses(upload, parts)) {
      const from = (part - 1) * upload.partBytes;
      const status = await put(url, file.subarray(from, from + bytes));
      if (status !== 200) throw new Error(`the store answered ${status}`);
    }
  };
  /** Everything, and completes it. */
  const upload = async (file: Buffer, more: object = {}) => {
    const begun = await begin(file, more);
    await send(
      begun,
      file,
      Array.from({ length: begun.parts }, (_, index) => index + 1),
    );
    const { status, body } = await ask('POST', `/uploads/${begun.id}/complete`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return begun;
  };
  return { keyId, headers, ask, begin, addresses, send, upload };
}

/** The status; null: the store closed the connection, as it may with an answer that nobody reads. */
export async function put(url: string, body: Uint8Array): Promise<number | null> {
  try {
    // `Uint8Array.from`: a view of its own buffer, which `fetch` takes.
    const response = await fetch(url, { method: 'PUT', body: Uint8Array.from(body) });
    return response.status;
  } catch {
    return null;
  }
}

/** WAV of 16 kHz, mono, with so many bytes of noise: no two parts are the same. */
export const noise = (bytes: number): Buffer => Buffer.concat([headOf(bytes), randomBytes(bytes)]);

/** Of such a WAV. */
export function headOf(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  return head;
}

export const sha256Of = (file: Buffer): string => createHash('sha256').update(file).digest('hex');
