import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A conversation with a reference of its speech. */
export const conversationPath = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/conversations/${name}`, import.meta.url));

/** Where anybody speaks, in seconds: in order, not touching. From RTTM: type, file, channel, start, length, … */
export async function spokenSpans(rttmPath: string): Promise<readonly [number, number][]> {
  const lines = (await readFile(rttmPath, 'utf8')).trim().split('\n');
  const turns = lines.map((line): [number, number] => {
    const fields = line.split(/\s+/);
    return [Number(fields[3]), Number(fields[3]) + Number(fields[4])];
  });
  const spans: [number, number][] = [];
  for (const [start, end] of turns.toSorted(([a], [b]) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else spans.push([start, end]);
  }
  return spans;
}
