import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { encodeTrack } from '../adapters/media/encode-track.ts';
import type { MediaBinaries } from '../adapters/media/media-binaries.ts';
import { samplesOf } from '../adapters/media/pcm-files.ts';

const QUIETLY = ['-v', 'error', '-nostdin', '-y'];

/** One recording in another form: hardly another sound, but no sample is the same. */
export interface Form {
  readonly name: string;
  /** Of ffmpeg, on 16 kHz mono. */
  readonly filter: string | null;
  /** How much later everything is said. */
  readonly delaySeconds: number;
  /** Output of ffmpeg in a container of its own choice; null: as the pipeline sends it. */
  readonly codec: readonly string[] | null;
}

const form = (name: string, rest: Partial<Form> = {}): Form => ({
  name,
  filter: null,
  delaySeconds: 0,
  codec: null,
  ...rest,
});

const later = (milliseconds: number): Form =>
  form(`${milliseconds} ms later`, {
    filter: `adelay=${milliseconds}`,
    delaySeconds: milliseconds / 1000,
  });

/** What the worker makes of a recording of one track. */
export const AS_SENT = form('as sent');

export const OTHER_FORMS: readonly Form[] = [
  later(337),
  later(613),
  later(1111),
  form('12 dB softer', { filter: 'volume=-12dB' }),
  form('by way of 44.1 kHz', { filter: 'aresample=44100,aresample=16000' }),
  // Noise of -66 dBFS.
  form('in noise', {
    filter: 'aeval=val(0)+0.0005*(2*random(0)-1):c=same',
  }),
  form('Opus of 24 kbit/s', { codec: ['-c:a', 'libopus', '-b:a', '24k', '-f', 'ogg'] }),
  form('MP3 of 64 kbit/s', { codec: ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'] }),
  form('AAC of 64 kbit/s', { codec: ['-c:a', 'aac', '-b:a', '64k', '-f', 'matroska'] }),
];

/** Writes the recording at `path` in another form to `to`; `pcmPath` is overwritten on the way. */
export async function writeForm(
  { filter, codec }: Form,
  {
    path,
    pcmPath,
    to,
    binaries,
  }: Record<'path' | 'pcmPath' | 'to', string> & {
    readonly binaries: MediaBinaries;
  },
): Promise<void> {
  const pcm = ['-f', 's16le', '-ar', '16000', '-ac', '1'];
  const filters = filter === null ? [] : ['-af', `aresample=16000,${filter}`];
  const run = promisify(execFile);
  await run(binaries.ffmpeg, [...QUIETLY, '-i', path, ...filters, ...pcm, pcmPath]);
  if (codec === null) {
    await encodeTrack({ pcmPath, samples: await samplesOf(pcmPath), to, binaries });
  } else await run(binaries.ffmpeg, [...QUIETLY, ...pcm, '-i', pcmPath, ...codec, to]);
}
