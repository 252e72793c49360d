import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { THIS_BUILD } from './earlier-build.ts';

/** Writes the sample recording again and again until the file `to` is so long. */
export async function loopSample(to: string, minutes: number): Promise<void> {
  const sample = join(THIS_BUILD, 'local/samples/planning-meeting.flac');
  const length = ['-t', String(minutes * 60)];
  const loop = ['-v', 'error', '-y', '-stream_loop', '-1', '-i', sample, ...length, to];
  await promisify(execFile)(process.env['HANSARD_FFMPEG'] ?? 'ffmpeg', loop);
}
