import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { toCues } from './cues.ts';
import { timestamp } from './timestamp.ts';

/** The transcript as WebVTT. Cue identifiers are the segments' ids, with `-1`, `-2` where one was cut. */
export function renderVtt(transcript: Transcript): string {
  const { cues, estimated } = toCues(transcript);
  const blocks = cues.map(({ id, startMs, endMs, speaker, lines }) => {
    // A name that ends in `--` would make an arrow with the bracket; the parser drops the space.
    const voice = speaker === null ? '' : `<v ${escapeCue(speaker).replace(/-$/, '- ')}>`;
    return `${id}\n${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}\n${voice}${lines.map(escapeCue).join('\n')}`;
  });
  const note = estimated ? ['NOTE Some times are estimated from the length of the text.'] : [];
  return `${['WEBVTT', ...note, ...blocks].join('\n\n')}\n`;
}

/** With `>` escaped, an arrow in a text cannot be taken for a line of times. */
const escapeCue = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
