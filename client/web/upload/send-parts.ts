import { request } from '../api/request.ts';
import { sendBody, type Sending } from './send-body.ts';

interface PartedUpload {
  readonly id: string;
  /** The length of each part but the last one, in bytes. */
  readonly partBytes: number;
  /** How many there are, from 1 on. */
  readonly parts: number;
  readonly received: readonly number[];
}

interface PartAddress {
  readonly part: number;
  readonly bytes: number;
  readonly url: string;
}

/** Addresses hold for minutes only: these many are asked for at a time. */
const AT_A_TIME = 8;
/** How often a part may be lost before the upload is given up; "send again" then goes on where it was. */
const MOST_LOSSES = 5;

/** Uploads that were begun: a file that is sent again goes on where it was. */
const begun = new WeakMap<File, string>();

/** Sends a file in parts, straight to the object store. Answers the id of the upload, which is complete; throws `ProblemError`. */
export async function sendParts(file: File, { onSent, signal }: Sending): Promise<string> {
  const { id, partBytes, parts, received } = await openUpload(file, signal);
  const missing = Array.from({ length: parts }, (_, index) => index + 1).filter(
    (part) => !received.includes(part),
  );
  let sent = Math.min(file.size, received.length * partBytes);
  let losses = 0;
  while (missing.length > 0) {
    const asked = await request<{ parts: readonly PartAddress[] }>('POST', `/uploads/${id}/parts`, {
      body: { parts: missing.slice(0, AT_A_TIME) },
      signal,
    });
    for (const { part, bytes, url } of asked.parts) {
      const start = (part - 1) * partBytes;
      const before = sent;
      try {
        await sendBody('PUT', url, file.slice(start, start + bytes), {
          onSent: (loaded) => onSent(before + loaded),
          signal,
        });
      } catch (error) {
        losses += 1;
        if (signal.aborted || losses > MOST_LOSSES) throw error;
        // Its address may have become too old: all that are missing get new ones.
        break;
      }
      sent += bytes;
      missing.shift();
    }
  }
  await request<unknown>('POST', `/uploads/${id}/complete`, { signal });
  begun.delete(file);
  return id;
}

async function openUpload(file: File, signal: AbortSignal): Promise<PartedUpload> {
  const earlier = begun.get(file);
  if (earlier !== undefined) {
    return await request<PartedUpload>('GET', `/uploads/${earlier}`, { signal });
  }
  const made = await request<Omit<PartedUpload, 'received'>>('POST', '/uploads', {
    body: { name: file.name, bytes: file.size },
    signal,
  });
  begun.set(file, made.id);
  return { ...made, received: [] };
}
