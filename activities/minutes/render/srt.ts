import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { toCues } from './cues.ts';
import { timestamp } from './timestamp.ts';

/** The transcript as SubRip. */
export function renderSrt(transcript: Transcript): string {
  return toCues(transcript)
    .cues.map(({ startMs, endMs, speaker, lines }, index) => {
      const [first = '', ...rest] = lines.map(disarm);
      const text = [speaker === null ? first : `${disarm(speaker)}: ${first}`, ...rest].join('\n');
      return `${index + 1}\n${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}\n${text}\n`;
    })
    .join('\n');
}

/**
 * SubRip has no escapes: players show `&lt;` as it stands, and swallow or obey `<…>` and `{\…}`. So the characters that
 * mean something give way to ones that look alike.
 */
const disarm = (text: string): string =>
  text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('{\\', '{⧵');
