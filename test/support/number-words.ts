/** English words of a whole number from 0 to 999,999,999,999, without "and" and hyphens. */
export function numberWords(number: number): string {
  if (!Number.isSafeInteger(number) || number < 0 || number >= 1e12) return String(number);
  if (number === 0) return 'zero';
  const scales = ['', 'thousand', 'million', 'billion'];
  const groups: string[] = [];
  for (let rest = number, scale = 0; rest > 0; rest = Math.floor(rest / 1000), scale += 1) {
    if (rest % 1000 > 0) groups.unshift(`${belowThousand(rest % 1000)} ${scales[scale]}`.trim());
  }
  return groups.join(' ');
}

/** English ordinal words: 21 is "twenty first". */
export function ordinalWords(number: number): string {
  const words = numberWords(number).split(' ');
  const last = words.pop() ?? '';
  return [...words, IRREGULAR[last] ?? last.replace(/y$/, 'ie').concat('th')].join(' ');
}

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const IRREGULAR: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

function belowThousand(number: number): string {
  const words: string[] = [];
  if (number >= 100) words.push(`${ONES[Math.floor(number / 100)]} hundred`);
  const rest = number % 100;
  if (rest > 0 && rest < 20) words.push(String(ONES[rest]));
  if (rest >= 20) {
    words.push(String(TENS[Math.floor(rest / 10)]));
    if (rest % 10 > 0) words.push(String(ONES[rest % 10]));
  }
  return words.join(' ');
}
