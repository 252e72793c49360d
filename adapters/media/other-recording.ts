import type { FileHandle } from 'node:fs/promises';
import { containerOf } from './marked-containers.ts';
import { framesBegin } from './raw-frames.ts';
import { readAt } from './scan-file.ts';

/**
 * Whether a recording of any kind begins at this place of a file: what stands behind the end of another one, where its
 * container tells the end. Tags, padding and text are none.
 */
export async function beginsRecording(file: FileHandle, at: number): Promise<boolean> {
  const head = await readAt(file, at, 64);
  const text = head.toString('latin1');
  return (
    containerOf(head) !== undefined ||
    /^(?:RIFF|RF64|BW64)[^]{4}WAVE/.test(text) ||
    /^\0\0[^]{2}ftyp/.test(text) ||
    text.startsWith('OggS\0\x02') ||
    /^fLaC[\0\x80]\0\0"/.test(text) ||
    (text.startsWith('\x1aE\xdf\xa3') && /matroska|webm/.test(text)) ||
    (await framesBegin(file, at))
  );
}
