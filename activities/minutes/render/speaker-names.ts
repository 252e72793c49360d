import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { phrasesFor } from './phrases.ts';
import { printableLine } from './printable.ts';

/** How a speaker is called where words are shown; an id that the minutes do not have is shown as it is. */
export type NameOf = (speaker: string) => string;

/** The name that a speaker was given, else "Speaker 1" in the language of the minutes. Printable, on one line. */
export function speakerNames({
  speakers,
  language,
}: Pick<Minutes, 'speakers' | 'language'>): NameOf {
  const phrases = phrasesFor(language);
  const names = new Map(speakers.map(({ id, name }) => [id, name]));
  return (id) => {
    const [, number] = /^S([1-9]\d*)$/.exec(id) ?? [];
    const unnamed = number === undefined || !names.has(id) ? id : phrases.speaker(Number(number));
    return printableLine(names.get(id) ?? unnamed);
  };
}
