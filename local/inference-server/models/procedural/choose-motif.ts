import type { Random } from '../random.ts';

export type Motif = 'hills' | 'harbour' | 'skyline';

/** Stems that meetings use, by the picture they bring to mind. */
const STEMS: Readonly<Record<Motif, readonly string[]>> = {
  hills: ['plan', 'goal', 'path', 'grow', 'mountain', 'garden', 'farm', 'field', 'forest', 'climb'],
  harbour: [
    'harbour',
    'harbor',
    'ship',
    'sea',
    'launch',
    'boat',
    'water',
    'port',
    'travel',
    'island',
  ],
  skyline: ['city', 'office', 'build', 'team', 'budget', 'product', 'market', 'software', 'street'],
};

/** The motif with most words in the prompt; where none or several lead, the hash decides. */
export function chooseMotif(prompt: string, random: Random): Motif {
  const words = prompt.toLowerCase().match(/\p{L}+/gu) ?? [];
  const score = (motif: Motif) =>
    words.filter((word) => STEMS[motif].some((stem) => word.startsWith(stem))).length;
  const motifs = ['hills', 'harbour', 'skyline'] as const;
  const best = Math.max(...motifs.map(score));
  const [first = 'hills', ...others] = motifs.filter((motif) => score(motif) === best);
  return random.pick([first, ...others]);
}
