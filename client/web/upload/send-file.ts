import type { MadeJob } from '../api/answers.ts';
import { addressOf, request } from '../api/request.ts';
import { sendBody, type Sending } from './send-body.ts';
import { sendParts } from './send-parts.ts';

/** What an upload may have at most, in bytes. */
export const MOST_BYTES = 20_000_000_000;
/** Up to this size a file is posted whole, in one request. */
const MOST_WHOLE_BYTES = 100_000_000;

/** The options of minutes that the page offers. */
export interface MinutesOptions {
  readonly template: string;
  /** ISO 639-1; null: it is detected. */
  readonly language: string | null;
  readonly attendees: string;
  readonly approve: boolean;
  readonly image: boolean;
}

/** Sends a file, and has minutes made of it. Throws `ProblemError`, and an `AbortError` when it is stopped. */
export async function sendFile(
  file: File,
  options: MinutesOptions,
  sending: Sending,
): Promise<MadeJob> {
  const { name, size } = file;
  const shared = {
    name,
    title: titleOf(name),
    template: options.template,
    ...(options.language !== null && { language: options.language }),
    ...(options.attendees.trim() !== '' && { attendees: options.attendees.trim() }),
  };
  if (size > MOST_WHOLE_BYTES) {
    const upload = await sendParts(file, sending);
    const { approve, image } = options;
    return await request<MadeJob>('POST', '/jobs', { body: { upload, ...shared, approve, image } });
  }
  const address = addressOf('/jobs', {
    ...shared,
    ...(options.approve && { approve: 'true' }),
    ...(!options.image && { image: 'false' }),
  });
  const contentType = contentTypeOf(file);
  const made: MadeJob = JSON.parse(
    await sendBody('POST', address, file, { ...sending, contentType }),
  );
  return made;
}

/** `planning-meeting.flac` is "planning meeting". */
const titleOf = (fileName: string): string =>
  fileName
    .replace(/\.[^.]{1,5}$/, '')
    .replaceAll(/[_-]+/g, ' ')
    .trim() || fileName;

/** Browsers call some recordings application/…, which the gateway does not take. */
const contentTypeOf = ({ type }: File): string =>
  /^(?:audio|video)\//.test(type) ? type : 'application/octet-stream';
