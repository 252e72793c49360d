import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MEDIA_BINARIES } from '../../adapters/media/media-binaries.ts';
import { SAMPLE } from './surroundings.ts';

export interface SampleRecording {
  readonly path: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** The sample meeting for `seconds`: its beginning, or over and over. */
export async function sampleRecording(seconds: number): Promise<SampleRecording> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-sample-'));
  const path = join(folder, `${seconds}-seconds.flac`);
  const input = ['-stream_loop', '-1', '-i', SAMPLE, '-t', String(seconds)];
  await promisify(execFile)(MEDIA_BINARIES.ffmpeg, ['-nostdin', '-v', 'error', ...input, path]);
  return {
    path,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
