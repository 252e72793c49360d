/**
 * Chinese or Japanese, of a text in Han characters (other characters do not count); null: it may be either. The
 * standard character sets of the two tell most texts apart: 议 and 题 are not in the Japanese one, 売 and 応 in none of
 * the Chinese ones, and 会 with 製 in none of them together.
 */
export function hanLanguage(text: string): 'zh' | 'ja' | null {
  const characters = text.match(/\p{sc=Han}/gu) ?? [];
  sets ??= readSets();
  const missing = (set: ReadonlySet<string>): number =>
    characters.filter((character) => !set.has(character)).length;
  const inChinese = Math.min(missing(sets.simplified), missing(sets.traditional));
  const inJapanese = missing(sets.japanese);
  if (inChinese !== inJapanese) return inChinese < inJapanese ? 'zh' : 'ja';
  if (characters.some((character) => CHINESE.has(character))) return 'zh';
  return characters.length >= MIN_WITHOUT_KANA ? 'zh' : null;
}

/** In the Japanese set, but in no modern Japanese text. */
const CHINESE: ReadonlySet<string> = new Set('你們這嗎吧呢很她它沒哪');

/** So many characters of Japanese seldom come without a kana. */
const MIN_WITHOUT_KANA = 10;

let sets: ReturnType<typeof readSets> | undefined;

/** GB 2312, Big5 and JIS X 0208, by the decoders that come with the language's runtime. */
const readSets = () => ({
  simplified: decoded('gbk', [[0xb0, 0xf7]], [[0xa1, 0xfe]]),
  traditional: decoded(
    'big5',
    [
      [0xa4, 0xc6],
      [0xc9, 0xf9],
    ],
    [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
  ),
  japanese: decoded(
    'shift_jis',
    [
      [0x88, 0x9f],
      [0xe0, 0xea],
    ],
    [
      [0x40, 0x7e],
      [0x80, 0xfc],
    ],
  ),
});

type Ranges = readonly (readonly [first: number, last: number])[];

/** The Han characters of an encoding whose first and second bytes are in these ranges. */
function decoded(encoding: string, firstBytes: Ranges, secondBytes: Ranges): ReadonlySet<string> {
  const seconds = secondBytes.flatMap(upTo);
  const bytes = firstBytes
    .flatMap(upTo)
    .flatMap((lead) => seconds.flatMap((trail) => [lead, trail]));
  const text = new TextDecoder(encoding).decode(Uint8Array.from(bytes));
  return new Set(text.match(/\p{sc=Han}/gu));
}

const upTo = ([first, last]: Ranges[number]): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
