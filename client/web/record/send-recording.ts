import type { MadeJob } from '../api/answers.ts';
import { isProblem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { kept, type KeptRecording } from '../kept/kept.ts';
import { extentOf, readSound, type Extent } from '../kept/kept-sound.ts';
import { abandonUpload } from '../upload/kept-uploads.ts';
import { optionsInJson } from '../upload/minutes-options.ts';
import { patiently } from '../upload/patiently.ts';
import type { Sending } from '../upload/send-body.ts';
import {
  sendParts,
  sendWholeParts,
  type PartedUpload,
  type PartSource,
} from '../upload/send-parts.ts';

/** Nothing shorter can be sent before the end: a part of S3 has as many bytes. */
export const LEAST_PART_BYTES = 5 * 1024 * 1024;

/**
 * Sends the parts that are full by now of a recording that goes on. Answers it as it is kept then. Throws `ProblemError`: what
 * was not sent is sent the next time.
 */
export async function sendSoFar(
  recording: KeptRecording,
  { bytes }: Extent,
  sending: Sending,
): Promise<KeptRecording> {
  const begun =
    recording.upload === null ? await beginUpload(recording, null, sending.signal) : recording;
  if (begun.upload !== null) {
    await sendWholeParts(begun.upload, sourceOf(recording.id, bytes), sending).catch(
      async (error: unknown) => {
        // Its time was over: the next try begins another one, with everything, which is here still.
        if (isProblem(error, 'upload_not_found')) await keepUpload(begun, null);
        throw error;
      },
    );
  }
  return begun;
}

/** Sends what is not there yet of a recording that is over, and has minutes made of it. Throws as `sendParts`. */
export async function makeMinutes(recording: KeptRecording, sending: Sending): Promise<MadeJob> {
  const { signal } = sending;
  const { bytes } = await extentOf(recording.id);
  const upload = await patiently(() => measuredUpload(recording, bytes, signal), signal);
  await sendParts(upload, sourceOf(recording.id, bytes), sending);
  const { title, startedAt, options } = recording;
  const body = {
    uploads: [upload],
    ...(title.trim() !== '' && { title: title.trim() }),
    date: dayOf(new Date(startedAt)),
    ...optionsInJson(options),
  };
  return await patiently(() => request<MadeJob>('POST', '/jobs', { body, signal }), signal);
}

/** The file that it is, for somebody who wants to have it. */
export async function fileOf(recording: KeptRecording): Promise<File> {
  const { bytes } = await extentOf(recording.id);
  const sound = await readSound(recording.id, 0, bytes);
  return new File([sound], nameOf(recording), { type: recording.type });
}

/** The id of an upload of this length. */
async function measuredUpload(
  recording: KeptRecording,
  bytes: number,
  signal: AbortSignal,
): Promise<string> {
  const { upload } = recording;
  if (upload !== null) {
    try {
      await request('POST', `/uploads/${upload}/length`, { body: { bytes }, signal });
      return upload;
    } catch (error) {
      if (!isProblem(error, 'upload_not_found') && !isProblem(error, 'invalid_option')) throw error;
      // Its time was over, or it has the length of a try before this one: everything is here still.
      await abandonUpload(upload);
    }
  }
  const begun = await beginUpload(recording, bytes, signal);
  return begun.upload;
}

async function beginUpload(recording: KeptRecording, bytes: number | null, signal: AbortSignal) {
  const { id: upload } = await request<PartedUpload>('POST', '/uploads', {
    body: {
      name: nameOf(recording),
      ...(bytes !== null && { bytes }),
      contentType: recording.type,
    },
    signal,
  });
  return await keepUpload(recording, upload);
}

async function keepUpload<Upload extends string | null>(
  recording: KeptRecording,
  upload: Upload,
): Promise<KeptRecording & { readonly upload: Upload }> {
  const database = await kept();
  // What somebody typed meanwhile stays.
  const newest = (await database.get('recordings', recording.id)) ?? recording;
  const changed = { ...newest, upload };
  await database.put('recordings', changed);
  return changed;
}

const sourceOf = (recording: string, bytes: number): PartSource => ({
  bytes,
  slice: (from, to) => readSound(recording, from, to),
});

/** `recording-2026-03-02-14-05.webm`, by the clock of the browser. */
function nameOf({ startedAt, type }: KeptRecording): string {
  const begun = new Date(startedAt);
  const time = [begun.getHours(), begun.getMinutes()].map(two).join('-');
  const [, container = 'webm'] = /^audio\/(\w+)/.exec(type) ?? [];
  return `recording-${dayOf(begun)}-${time}.${container}`;
}

/** By the clock of the browser. */
const dayOf = (date: Date): string =>
  [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');

const two = (value: number): string => String(value).padStart(2, '0');
