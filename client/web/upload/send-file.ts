import type { MadeJob } from '../api/answers.ts';
import { isProblem } from '../api/problem.ts';
import { addressOf, request } from '../api/request.ts';
import { hold } from '../kept/hold.ts';
import type { KeptUpload } from '../kept/kept.ts';
import { digestOf } from './digest-of.ts';
import { forgetUpload, keepUpload } from './kept-uploads.ts';
import { optionsInJson, type MinutesOptions } from './minutes-options.ts';
import { patiently } from './patiently.ts';
import { sendBody, type Sending } from './send-body.ts';
import { sendParts, type PartedUpload, type PartSource } from './send-parts.ts';

/** What an upload may have at most, in bytes. */
export const MOST_BYTES = 20_000_000_000;
/** Up to this size a file is posted whole, in one request. */
const MOST_WHOLE_BYTES = 100_000_000;

interface SendingFile extends Sending {
  readonly owner: string;
  /** Of an earlier try: what is there is not sent again. */
  readonly earlier: KeptUpload | null;
  readonly onBegun: (upload: KeptUpload) => void;
}

/** Sends a file, and has minutes made of it. Throws `ProblemError`, and an `AbortError` when it is stopped. */
export async function sendFile(
  file: File,
  options: MinutesOptions,
  sending: SendingFile,
): Promise<MadeJob> {
  const { name, size } = file;
  const { approve, image, ...shared } = {
    name,
    title: titleOf(name),
    ...optionsInJson(options),
  };
  if (size > MOST_WHOLE_BYTES) {
    const upload = await uploadInParts(file, options, sending);
    const body = { upload, ...shared, approve, image };
    const { signal } = sending;
    const made = await patiently(() => request<MadeJob>('POST', '/jobs', { body, signal }), signal);
    await forgetUpload(upload);
    return made;
  }
  const address = addressOf('/jobs', {
    ...shared,
    ...(approve && { approve: 'true' }),
    ...(!image && { image: 'false' }),
  });
  const contentType = contentTypeOf(file);
  const made: MadeJob = JSON.parse(
    await sendBody('POST', address, file, { ...sending, contentType }),
  );
  return made;
}

/** Answers the id of the upload, which is complete. */
async function uploadInParts(
  file: File,
  options: MinutesOptions,
  sending: SendingFile,
): Promise<string> {
  const { earlier } = sending;
  if (earlier !== null) {
    try {
      await sendHeld(file, earlier, sending);
      return earlier.id;
    } catch (error) {
      if (!isProblem(error, 'upload_not_found')) throw error;
      // Its time was over, or somebody deleted it: from the beginning.
      await forgetUpload(earlier.id);
    }
  }
  const begun = await beginUpload(file, options, sending);
  await sendHeld(file, begun, sending);
  return begun.id;
}

/** While it goes on, no other tab offers it. */
async function sendHeld(file: File, upload: KeptUpload, sending: Sending): Promise<void> {
  const release = await hold(upload.id);
  try {
    await sendParts(upload.id, partsOf(file, upload), sending);
  } finally {
    release();
  }
}

async function beginUpload(
  { name, size, lastModified }: File,
  options: MinutesOptions,
  { owner, signal, onBegun }: SendingFile,
): Promise<KeptUpload> {
  const body = { name, bytes: size };
  const { id } = await request<PartedUpload>('POST', '/uploads', { body, signal });
  const upload = { id, owner, name, bytes: size, lastModified, options, digests: {} };
  onBegun(upload);
  await keepUpload(upload);
  return upload;
}

/** The parts of a file; what each is, is kept, to know the file again. */
function partsOf(file: File, upload: KeptUpload): PartSource {
  let { digests } = upload;
  return {
    bytes: file.size,
    slice: async (from, to, part) => {
      const bytes = file.slice(from, to);
      const digest = await digestOf(bytes);
      if (digest !== null) {
        digests = { ...digests, [part]: digest };
        await keepUpload({ ...upload, digests });
      }
      return bytes;
    },
  };
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
