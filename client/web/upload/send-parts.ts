import { ProblemError } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { patiently } from './patiently.ts';
import { sendBody, type Sending } from './send-body.ts';

export interface PartedUpload {
  readonly id: string;
  readonly state: 'open' | 'complete';
  /** The length of each part but the last one, in bytes. */
  readonly partBytes: number;
  /** How many there are, from 1 on; null: how long it becomes is not told yet. */
  readonly parts: number | null;
  readonly received: readonly number[];
}

/** What is sent. */
export interface PartSource {
  readonly bytes: number;
  /** Some of its bytes; told before they are sent. */
  readonly slice: (from: number, to: number, part: number) => Promise<Blob>;
}

interface PartAddress {
  readonly part: number;
  readonly bytes: number;
  readonly url: string;
}

/** Addresses hold for minutes only: these many are asked for at a time. */
const AT_A_TIME = 8;

/**
 * Sends what is missing of a file, straight to the object store, and makes one file of it there. What is there already is
 * not sent again, and what is away for a while is waited for. Throws `ProblemError`, and an `AbortError` when it is stopped.
 */
export async function sendParts(id: string, source: PartSource, sending: Sending): Promise<void> {
  const { signal, onSent } = sending;
  let isThere = false;
  while (!isThere) {
    isThere = await patiently(async () => {
      const upload = await readUpload(id, signal);
      if (upload.state === 'complete') return true;
      const missing = missingOf(upload, source.bytes);
      onSent(Math.min(source.bytes, upload.received.length * upload.partBytes));
      await sendSome(upload, missing.slice(0, AT_A_TIME), source, sending);
      return missing.length <= AT_A_TIME;
    }, signal);
  }
  onSent(source.bytes);
  await patiently(() => request('POST', `/uploads/${id}/complete`, { signal }), signal);
}

/** Sends the whole parts that there are by now of a file that goes on. Throws as `sendParts`, and does not wait. */
export async function sendWholeParts(
  id: string,
  source: PartSource,
  sending: Sending,
): Promise<void> {
  const upload = await readUpload(id, sending.signal);
  const missing = missingOf(upload, source.bytes - (source.bytes % upload.partBytes));
  for (let first = 0; first < missing.length; first += AT_A_TIME) {
    await sendSome(upload, missing.slice(first, first + AT_A_TIME), source, sending);
  }
}

const readUpload = (id: string, signal: AbortSignal): Promise<PartedUpload> =>
  request<PartedUpload>('GET', `/uploads/${id}`, { signal });

function missingOf({ partBytes, received }: PartedUpload, bytes: number): number[] {
  const known = new Set(received);
  const parts = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => index + 1);
  return parts.filter((part) => !known.has(part));
}

async function sendSome(
  { id, partBytes, received }: PartedUpload,
  parts: readonly number[],
  source: PartSource,
  { onSent, signal }: Sending,
): Promise<void> {
  if (parts.length === 0) return;
  const asked = { body: { parts }, signal };
  const addresses = await request<{ parts: readonly PartAddress[] }>(
    'POST',
    `/uploads/${id}/parts`,
    asked,
  );
  let sent = received.length * partBytes;
  for (const { part, bytes, url } of addresses.parts) {
    const from = (part - 1) * partBytes;
    const body = await source.slice(from, from + bytes, part);
    const before = sent;
    const told = (loaded: number): void => onSent(Math.min(source.bytes, before + loaded));
    await sendBody('PUT', url, body, { onSent: told, signal }).catch((error: unknown) => {
      throw error instanceof ProblemError ? lost(error) : error;
    });
    sent += bytes;
  }
}

/** Whatever the store answers, another address may help: its time may be over. */
const lost = ({ status }: ProblemError): ProblemError =>
  new ProblemError({
    code: 'store_unreachable',
    status: 503,
    detail: status === 0 ? '' : `the object store answered ${status} to a part`,
  });
