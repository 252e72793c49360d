import { z } from 'zod';
import type { TranscribeAnswer } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../targets/target.ts';
import type { InferenceError } from '../../verdicts/inference-error.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Inputs, Parsed } from '../contract.ts';
import { toIsoLanguage } from './iso-language.ts';
import { decoderFigures, type DecoderFigures, figuresOf } from './decoder-figures.ts';
import { inLoop, isDense, repeatsItself, SURE_LOOP } from './repetition.ts';
import { badReply } from './reply-errors.ts';
import { replyFacts, type Told } from './response-facts.ts';

/** As an engine reports it; `language` in its own words. */
interface ReportedTranscript {
  readonly text: string;
  readonly language?: string | null | undefined;
  readonly segments?: readonly ReportedSegment[] | null | undefined;
  readonly words?: readonly ReportedWord[] | null | undefined;
}

interface ReportedWord {
  readonly word: string;
  readonly start: number | null;
  readonly end: number | null;
}

interface ReportedSegment extends DecoderFigures {
  readonly start: number | null;
  readonly end: number | null;
  readonly text: string;
}

export const transcriptReply = (
  response: WireResponse,
  input: Inputs['transcribe'],
  target: Target,
  reported: ReportedTranscript,
  told: Told = {},
): Parsed<'transcribe'> => ({
  answer: toAnswer(reported, input, (what) => badReply(target, response, what)),
  ...replyFacts(response, { audioSeconds: input.durationSeconds, ...told }),
});

/**
 * Brings the answers of all engines into one form: segments in order, within the audio, each with both times. The answer
 * is paid, so no times make it worthless: what cannot be right is estimated. Refused are too much text, and, unless the
 * input accepts it, text that repeats itself from beginning to end. An empty text is accepted: a later stage knows whether anybody spoke.
 */
function toAnswer(
  { text: whole, language = null, segments: reported, words }: ReportedTranscript,
  { durationSeconds, acceptsLoop = false }: Inputs['transcribe'],
  refused: (what: string) => InferenceError,
): TranscribeAnswer {
  const raw = reported ?? [];
  const characters = raw.reduce((sum, one) => sum + one.text.length, whole.length);
  if (characters > MOST_CHARACTERS + durationSeconds * MOST_CHARACTERS_A_SECOND)
    throw refused('it holds more words than anybody can say in that time');
  const segments = withinAudio(raw, durationSeconds).filter((one) => one.text.trim() !== '');
  const text = whole.trim() === '' ? segments.map((one) => one.text).join('') : whole;
  if (!acceptsLoop && repeatsItself(text) && !hasOtherWords(segments))
    throw refused('it repeats itself');
  // The engine gives no times: the text belongs to the whole audio.
  if (segments.length === 0 && text.trim() !== '')
    segments.push({ start: 0, end: durationSeconds, text, isTimeEstimated: true });
  return {
    text,
    language: toIsoLanguage(language),
    segments,
    ...(words && { words: wordsWithin(words, durationSeconds) }),
  };
}

/** The words with times in order from 0 to the end of the audio; a missing time is that of the neighbour. */
function wordsWithin(words: readonly ReportedWord[], durationSeconds: number) {
  let reached = 0;
  return words.slice(0, MOST_WORDS).map(({ word, ...times }) => {
    const start = clamp(times.start ?? reached, reached, durationSeconds);
    const end = clamp(times.end ?? start, start, durationSeconds);
    reached = start;
    return { word, start, end };
  });
}

/** A day of the fastest speech. */
const MOST_WORDS = 1_000_000;

/** Whether a loop can be told from the rest by its times: a later stage asks for its stretch again. */
function hasOtherWords(segments: TranscribeAnswer['segments']): boolean {
  const looped = inLoop(
    segments.map(({ text }) => text),
    SURE_LOOP,
  );
  return segments.some(
    ({ text, isTimeEstimated }, index) =>
      looped[index] !== true && isTimeEstimated !== true && !isDense(text),
  );
}

type Segments = NonNullable<ReportedTranscript['segments']>;

/**
 * The segments with times in order from 0 to the end of the audio. Times that are missing, outside the audio or out of
 * order are estimated: segments share the time between two known starts by the lengths of their texts. Whisper leaves
 * the end open if the audio ends in mid-sentence, and ends a last segment up to seconds after the audio.
 */
function withinAudio(raw: Segments, durationSeconds: number): TranscribeAnswer['segments'] {
  const inside = (time: number | null, least: number): number | null =>
    time === null || time < least - TOLERANCE_SECONDS || time > durationSeconds + TOLERANCE_SECONDS
      ? null
      : clamp(time, least, durationSeconds);
  const starts = mostInOrder(raw.map(({ start }) => inside(start, 0)));
  // The next known start after each segment, and the characters until then.
  let next = { start: durationSeconds, characters: 0 };
  const following = raw
    .toReversed()
    .map(({ text }, index) => {
      const after = next;
      const start = starts.at(-1 - index) ?? null;
      next =
        start === null
          ? { start: after.start, characters: after.characters + text.length }
          : { start, characters: 0 };
      return after;
    })
    .toReversed();
  let reached = 0;
  return raw.map(({ start: _told, end, text, ...figures }, index) => {
    const known = starts[index] ?? null;
    const { start: limit, characters } = following[index] ?? next;
    const start = known ?? Math.min(reached, limit);
    const share = text.length / Math.max(text.length + characters, 1);
    const estimate = Math.max(start + (limit - start) * share, start);
    const knownEnd = known === null ? null : inside(end, start);
    reached = knownEnd ?? Math.min(estimate, durationSeconds);
    const told = knownEnd === null ? { isTimeEstimated: true as const } : {};
    return { start, end: reached, text, ...told, ...figures };
  });
}

/** As many times as stay in order, seen from the first or from the last one; null: the others. */
function mostInOrder(times: readonly (number | null)[]): readonly (number | null)[] {
  const forward = inOrder(times);
  const backward = mirrored(inOrder(mirrored(times)));
  const unknown = (list: typeof forward): number => list.filter((time) => time === null).length;
  return unknown(forward) <= unknown(backward) ? forward : backward;
}

function inOrder(times: readonly (number | null)[]): readonly (number | null)[] {
  let reached = -Infinity;
  return times.map((time) => {
    if (time === null || time < reached - TOLERANCE_SECONDS) return null;
    reached = Math.max(time, reached);
    return reached;
  });
}

const mirrored = (times: readonly (number | null)[]): readonly (number | null)[] =>
  times.map((time) => (time === null ? null : 0 - time)).toReversed();

/** Unreadable times are missing times. */
const time = z.number().nullable().catch(null);

/** The segments of a transcript as OpenAI writes them. */
export const segmentsSchema = z
  .array(
    z
      .object({ start: time, end: time, text: z.string(), ...decoderFigures })
      .transform(({ start, end, text, ...said }) => ({ start, end, text, ...figuresOf(said) })),
  )
  .nullish();

/** Words with their times, as OpenAI writes them. */
export const wordsSchema = z
  .array(z.object({ word: z.string(), start: time, end: time }))
  .nullish()
  .catch(null);

/** The same as transformers' pipeline writes them. */
export const chunksSchema = z
  .array(
    z
      .object({ text: z.string(), timestamp: z.tuple([time, time]).catch([null, null]) })
      .transform(({ text, timestamp: [start, end] }) => ({ start, end, text })),
  )
  .nullish();

/**
 * For text and segments together. The fastest speakers say 30 characters a second. A Whisper that repeats itself makes
 * 448 tokens, about 2,000 characters, from 30 s.
 */
const MOST_CHARACTERS_A_SECOND = 400;
const MOST_CHARACTERS = 10_000;

/** Whisper's times have steps of 0.02 s and are off by some tenths at the edges; above 2 s they are not believed. */
const TOLERANCE_SECONDS = 2;

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);
