import { segmenterFor } from '../transcript/text.ts';

/** Somebody speaks from `start` to `end`, in seconds. Turns of different speakers may overlap. */
export interface Turn {
  readonly start: number;
  readonly end: number;
  readonly speaker: string;
}

/** Text that was said from `start` to `end`, in seconds. */
export interface SpokenText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly language: string | null;
  /** Somewhere between these times; absent: exactly. */
  readonly isTimeEstimated?: boolean | undefined;
  /** Joined, they are the text. Absent: the engine gives times for the whole text only. */
  readonly words?: readonly Word[] | undefined;
}
interface Word {
  readonly start: number;
  readonly end: number;
  /** With the space before it. */
  readonly text: string;
}

/** Null: nobody was heard there. */
export type Assigned<T extends SpokenText = SpokenText> = Omit<T, 'words'> & {
  readonly speaker: string | null;
};

/** A word this far from the nearest turn is still its speaker's: both engines round, and a turn may begin late. */
const NEAR_SECONDS = 1;

/**
 * Gives every text to who spoke longest during it, else to who spoke nearest. A text in which the speaker changes is split
 * there: between words that have times, else between sentences, whose times are estimated by their lengths. No character
 * but the space at a split is lost. A text whose own times are estimated stays whole, and is a speaker's only if nobody
 * else spoke in them.
 */
export function assignSpeakers<T extends SpokenText>(
  texts: readonly T[],
  turns: readonly Turn[],
): Assigned<T>[] {
  const speakers = bySpeaker(turns);
  return texts.flatMap((text) => assign(text, speakers));
}

function assign<T extends SpokenText>(
  { words, ...text }: T,
  speakers: readonly Speaker[],
): Assigned<T>[] {
  if (text.isTimeEstimated === true) return [{ ...text, speaker: onlySpeaker(text, speakers) }];
  const parts: Part[] = [];
  let from = 0;
  for (const unit of unitsOf({ ...text, words })) {
    const to = from + unit.text.length;
    const { start, end } = unit;
    // A dash or a bracket is nobody's own words.
    const isWord = /[\p{L}\p{N}]/u.test(unit.text);
    const speaker = isWord ? speakerOf(unit, speakers) : null;
    const last = parts.at(-1);
    if (last === undefined || (isWord && last.isWord && last.speaker !== speaker))
      parts.push({ from, to, start, end, speaker, isWord });
    else {
      if (isWord) Object.assign(last, { speaker, isWord });
      Object.assign(last, { to, end: Math.max(last.end, end) });
    }
    from = to;
  }
  return parts.length === 1 || parts.length === 0
    ? [{ ...text, speaker: parts[0]?.speaker ?? null }]
    : parts.map((part, index) => ({
        ...text,
        start: index === 0 ? text.start : part.start,
        end: index === parts.length - 1 ? text.end : part.end,
        text: text.text.slice(part.from, part.to).trim(),
        speaker: part.speaker,
      }));
}

/** Characters `[from, to)` of a text. */
interface Part extends Span {
  readonly from: number;
  readonly to: number;
  readonly speaker: string | null;
  readonly isWord: boolean;
}

/** What a text may be split between. Joined, they are the text. */
function unitsOf({ start, end, text, language, words }: SpokenText): readonly Word[] {
  if (words !== undefined && words.map((word) => word.text).join('') === text) return words;
  let read = 0;
  const timeAt = (characters: number): number =>
    start + ((end - start) * characters) / Math.max(1, text.length);
  return Array.from(segmenterFor('sentence', language).segment(text), ({ segment }) => {
    const before = read;
    read += segment.length;
    return { text: segment, start: timeAt(before), end: timeAt(read) };
  });
}

/** When one speaker speaks: spans in order that do not touch. */
interface Speaker {
  readonly speaker: string;
  readonly spans: readonly Span[];
}
interface Span {
  readonly start: number;
  readonly end: number;
}

/** In the order of their first turns. */
function bySpeaker(turns: readonly Turn[]): Speaker[] {
  const spans = new Map<string, { start: number; end: number }[]>();
  for (const { start, end, speaker } of turns.toSorted((a, b) => a.start - b.start)) {
    const own = spans.get(speaker) ?? [];
    const last = own.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else own.push({ start, end });
    spans.set(speaker, own);
  }
  return [...spans].map(([speaker, own]) => ({ speaker, spans: own }));
}

function speakerOf(unit: Span, speakers: readonly Speaker[]): string | null {
  let best: { speaker: string; seconds: number; distance: number } | null = null;
  for (const { speaker, spans } of speakers) {
    const seconds = secondsWithin(unit, spans);
    const distance = seconds > 0 ? 0 : distanceTo(unit, spans);
    if (distance > NEAR_SECONDS) continue;
    const isBetter =
      best === null ||
      seconds > best.seconds ||
      (seconds === best.seconds && distance < best.distance);
    if (isBetter) best = { speaker, seconds, distance };
  }
  return best?.speaker ?? null;
}

/** Who speaks in nearly all of the time in which anybody speaks; null: several. */
function onlySpeaker(span: Span, speakers: readonly Speaker[]): string | null {
  const shares = speakers.map(({ speaker, spans }) => ({
    speaker,
    seconds: secondsWithin(span, spans),
  }));
  const spoken = shares.reduce((sum, { seconds }) => sum + seconds, 0);
  return shares.find(({ seconds }) => seconds > 0.9 * spoken)?.speaker ?? null;
}

function secondsWithin({ start, end }: Span, spans: readonly Span[]): number {
  let seconds = 0;
  for (let at = firstEndingAfter(spans, start); at < spans.length; at += 1) {
    const span = spans[at];
    if (span === undefined || span.start >= end) break;
    seconds += Math.min(span.end, end) - Math.max(span.start, start);
  }
  return seconds;
}

/** Of two that do not overlap. */
function distanceTo({ start, end }: Span, spans: readonly Span[]): number {
  const next = firstEndingAfter(spans, start);
  const before = spans[next - 1];
  const after = spans[next];
  return Math.min(
    before === undefined ? Infinity : Math.max(0, start - before.end),
    after === undefined ? Infinity : Math.max(0, after.start - end),
  );
}

/** The index of the first span that ends after a time; the number of spans if none does. */
function firstEndingAfter(spans: readonly Span[], time: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((spans[middle]?.end ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
