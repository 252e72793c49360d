import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Kind, SpokenPiece } from './kind.ts';
import type { Workbench } from './workbench.ts';

/** AMR as phones record it, where frames that describe silence, or hold nothing, stand between those of speech. */

const RECORDED = fileURLToPath(
  new URL('../fixtures/telephone/planning-meeting.amr', import.meta.url),
);
const A: SpokenPiece = { piece: 'A', at: 0, share: 0.7 };

/** Between two words, frames of 20 ms: six that describe the silence, each with seven that hold nothing. */
const SILENCE = Buffer.concat(
  Array.from({ length: 6 }, () =>
    Buffer.from([0x44, 0, 0, 0, 0, 0, ...Array<number>(7).fill(0x7c)]),
  ),
);
const HEADER = '#!AMR\n';

const recorded = async (at: Workbench, name: string): Promise<string> => {
  await at.write(name, await readFile(RECORDED));
  return name;
};

export const TELEPHONE_KINDS: readonly Kind[] = [
  {
    file: 'plain.amr',
    make: async (at) => {
      await recorded(at, 'plain.amr');
    },
    expected: { words: [A], seconds: 20, tracks: ['1.1:1'] },
  },
  {
    file: 'paused.amr',
    make: async (at) => {
      const speech = (await readFile(RECORDED)).subarray(HEADER.length);
      const pause = Array.from({ length: 10 }, () => SILENCE);
      await at.write('paused.amr', Buffer.concat([Buffer.from(HEADER), speech, ...pause, speech]));
    },
    expected: { words: [A, { ...A, at: 29.6 }], seconds: 49.6, tracks: ['1.1:1'] },
  },
  {
    file: 'joined.amr',
    make: async (at) => {
      const [one, other] = [await recorded(at, 'one.amr'), await recorded(at, 'other.amr')];
      await at.join('joined.amr', one, other);
    },
    expected: { words: [A, { ...A, at: 20 }], seconds: 40, tracks: ['1.1:1 2.1:1'] },
  },
  {
    file: 'half.amr',
    make: async (at) => {
      await at.halve(await recorded(at, 'whole.amr'), 'half.amr');
    },
    expected: { words: [{ ...A, until: 8.5 }], seconds: 9.2 },
  },
  {
    // Nothing checks its sound: wrong bytes are a noise.
    file: 'spoilt.amr',
    make: async (at) => {
      await at.spoil(await recorded(at, 'sound.amr'), 'spoilt.amr');
    },
    expected: { words: [A], seconds: 20 },
  },
];
