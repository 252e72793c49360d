/**
 * Whether two texts are written in the letters of different alphabets, most of each in its own. Names and words of another
 * alphabet among the others do not count, nor do Chinese, Japanese and Korean, which people write in several.
 */
export function isOtherAlphabet(one: string, other: string): boolean {
  const [first, second] = [alphabetOf(one), alphabetOf(other)];
  return first !== null && second !== null && first !== second;
}

function alphabetOf(text: string): RegExp | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const isMost = (alphabet: RegExp): boolean =>
    (text.match(alphabet)?.length ?? 0) >= MOST * letters;
  return letters === 0 ? null : (ALPHABETS.find(isMost) ?? null);
}

const ALPHABETS: readonly RegExp[] = [
  /\p{sc=Latin}/gu,
  /\p{sc=Cyrillic}/gu,
  /\p{sc=Greek}/gu,
  /\p{sc=Arabic}/gu,
  /\p{sc=Hebrew}/gu,
  /\p{sc=Devanagari}/gu,
  /\p{sc=Georgian}/gu,
  /\p{sc=Armenian}/gu,
  /\p{sc=Thai}/gu,
];

const MOST = 0.75;
