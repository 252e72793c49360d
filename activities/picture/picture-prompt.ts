import { foldWhitespace, isUnspaced, segmenterFor } from '../transcript/text.ts';

/** Part of the work key of every picture: raise it when the prompt changes. */
export const PICTURE_PROMPT_VERSION = 1;

/**
 * Asks for an abstract picture of the subject of the minutes, without faces, letters or names. Deterministic. At most
 * about 700 characters, because image models read only the first 77 to 256 tokens.
 */
export function picturePrompt(meeting: {
  readonly title: string | null;
  readonly summary: string;
  readonly keyPoints: readonly { readonly text: string }[];
  readonly language: string | null;
}): { readonly prompt: string; readonly negativePrompt: string } {
  const { title, summary, keyPoints, language } = meeting;
  const subject = subjectOf([title ?? '', summary, ...keyPoints.map(({ text }) => text)], language);
  return {
    prompt: foldWhitespace(`${STYLE}. Subject: ${subject === '' ? 'a meeting' : subject}.`),
    negativePrompt: NEGATIVE,
  };
}

const STYLE =
  'Abstract flat vector illustration for a meeting report, simple geometric shapes, calm muted colours, generous empty space, no people, no text';
const NEGATIVE =
  'people, person, face, portrait, hands, body, nudity, text, letters, words, numbers, logo, brand, signature, watermark, photograph, blood, weapon';

const MOST_WORDS = 12;
const MOST_CHARACTERS = 400;

/** The most frequent words, in order of first use, without names and numbers, which cannot be drawn. */
function subjectOf(texts: readonly string[], language: string | null): string {
  const times = new Map<string, number>();
  const segmenter = segmenterFor('word', language);
  const names = namesIn(texts);
  for (const text of texts) {
    for (const { segment, isWordLike } of segmenter.segment(text.slice(0, 20_000))) {
      const word = segment.toLowerCase();
      if (isWordLike !== true || !isDrawable(segment) || names.has(word)) continue;
      times.set(word, (times.get(word) ?? 0) + 1);
    }
  }
  const byFrequency = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST_WORDS);
  const frequent = new Set(byFrequency.map(([word]) => word));
  return [...times.keys()]
    .filter((word) => frequent.has(word))
    .join(', ')
    .slice(0, MOST_CHARACTERS);
}

/** Words of four letters or more, or of two characters in scripts without spaces; no digits, no function words. */
function isDrawable(word: string): boolean {
  if (!/^[\p{L}\p{M}'’-]+$/u.test(word)) return false;
  const shortest = isUnspaced(word) ? 2 : 4;
  return word.length >= shortest && !FUNCTION_WORDS.has(word.toLowerCase());
}

/**
 * Words that never occur in lower case: mostly names of people and companies. German capitalises every noun, so a
 * German noun after an article does not count as a name.
 */
function namesIn(texts: readonly string[]): ReadonlySet<string> {
  const text = texts.join(' . ');
  const words = text.match(/[\p{L}\p{M}'’]+/gu) ?? [];
  const common = new Set(words.filter((word) => /^\p{Ll}/u.test(word)));
  for (const [, noun = ''] of text.matchAll(AFTER_GERMAN_ARTICLE)) common.add(noun.toLowerCase());
  return new Set(
    words
      .map((word) => word.toLowerCase())
      .filter((word, at) => /^\p{Lu}/u.test(words[at] ?? '') && !common.has(word)),
  );
}
const AFTER_GERMAN_ARTICLE =
  /(?<!\p{L})(?:der|die|das|den|dem|des|ein|eine|einen|einem|einer|unsere?n?|im|zum|zur|vom|beim) (\p{Lu}[\p{L}\p{M}]+)/giu;

const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  [
    'one two five six seven eight nine eleven twelve twenty thirty forty fifty hundred thousand million percent',
    'about after again agree agreed also because been before being between both could decide decided does doing done',
    'down each even every everyone first from going good have having here into just know last least less like made make',
    'many meet meeting minutes more most much must need needs next nobody only other over people propose proposed same',
    'says shall should show some such sure take taken talk than thank thanks that their them then there these they',
    'thing think this those three through time today tomorrow until very want were what when where which while will with',
    'would year your team yesterday still already several because part open question questions place',
    'aber alle auch dann dass dem denn diese dieser dieses eine einen einer eines haben hatte kann mehr muss nach nicht',
    'noch oder sich sind soll über unser unter wann warum welche wenn werden wird wurde wurden beschlossen sitzung',
    'avec avons cette dans donc elle mais nous pour plus sont sera tous tout très vous être décidé réunion',
    'como cuando desde donde ella ellos entre esta este esto hasta hemos para pero porque sobre también tiene todo reunión',
    '我们 大家 今天 明天 这个 那个 一个 可以 需要 就是 因为 所以 但是 还有 没有 已经 决定 会议 之前 之后 时候 什么 怎么 如果 同意 早上 早上好 你们 他们 现在 一下 我們 這個 因為 沒有 已經 決定 會議',
  ].flatMap((words) => words.split(' ')),
);
