import { deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { TranscribeAnswer } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../targets/target.ts';
import type { InferenceError } from '../../verdicts/inference-error.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Inputs, Parsed } from '../contract.ts';
import { toIsoLanguage } from './iso-language.ts';
import { badReply } from './reply-errors.ts';
import { replyFacts, type Told } from './response-facts.ts';

/** As an engine reports it; `language` in its own words. */
interface ReportedTranscript {
  readonly text: string;
  readonly language?: string | null | undefined;
  readonly segments?: TranscribeAnswer['segments'] | null | undefined;
}

export const transcriptReply = (
  response: WireResponse,
  { durationSeconds }: Inputs['transcribe'],
  target: Target,
  reported: ReportedTranscript,
  told: Told = {},
): Parsed<'transcribe'> => ({
  answer: toAnswer(reported, durationSeconds, (what) => badReply(target, response, what)),
  ...replyFacts(response, { audioSeconds: durationSeconds, ...told }),
});

/**
 * Brings the answers of all engines into one form: segments in order, within the audio, each with both times. Small
 * errors in times are corrected. Larger ones are refused, and so are too much text and text that repeats itself. An
 * empty text is accepted: a later stage knows whether anybody spoke.
 */
function toAnswer(
  { text: whole, language = null, segments: reported }: ReportedTranscript,
  durationSeconds: number,
  refused: (what: string) => InferenceError,
): TranscribeAnswer {
  const raw = reported ?? [];
  const characters = raw.reduce((sum, one) => sum + one.text.length, whole.length);
  if (characters > MOST_CHARACTERS + durationSeconds * MOST_CHARACTERS_A_SECOND)
    throw refused('it holds more words than anybody can say in that time');
  const segments: TranscribeAnswer['segments'] = [];
  let reached = 0;
  for (const [index, segment] of raw.entries()) {
    const start = segment.start ?? reached;
    // Whisper leaves the end open if the audio ends in mid-sentence.
    const end = segment.end ?? raw[index + 1]?.start ?? durationSeconds;
    if (start < -TOLERANCE_SECONDS || Math.max(start, end) > durationSeconds + TOLERANCE_SECONDS)
      throw refused('its times are outside the audio');
    if (start < reached - TOLERANCE_SECONDS || end < start - TOLERANCE_SECONDS)
      throw refused('its times run backwards');
    const from = clamp(start, reached, durationSeconds);
    const to = clamp(end, from, durationSeconds);
    if (segment.text.trim() !== '') segments.push({ start: from, end: to, text: segment.text });
    reached = from;
  }
  const text = whole.trim() === '' ? segments.map((one) => one.text).join('') : whole;
  if (repeatsItself(text)) throw refused('it repeats itself');
  // The engine gives no times: the text belongs to the whole audio.
  if (segments.length === 0 && text.trim() !== '')
    segments.push({ start: 0, end: durationSeconds, text });
  return { text, language: toIsoLanguage(language), segments };
}

const time = z.number().nullable();

/** A transcript as transformers' pipeline and fal write it. */
export const chunksSchema = z.object({
  text: z.string(),
  chunks: z
    .array(
      z
        .object({ text: z.string(), timestamp: z.tuple([time, time]) })
        .transform(({ text, timestamp: [start, end] }) => ({ start, end, text })),
    )
    .nullish(),
});

/**
 * For text and segments together. The fastest speakers say 30 characters a second. A Whisper that repeats itself makes
 * 448 tokens, about 2,000 characters, from 30 s.
 */
const MOST_CHARACTERS_A_SECOND = 400;
const MOST_CHARACTERS = 10_000;

/** Whisper's times have steps of 0.02 s and are off by some tenths at the edges; 2 s is an error. */
const TOLERANCE_SECONDS = 2;

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);

/**
 * Whether a transcript is a loop: Whisper repeats one phrase over and over at noise and silence. People repeat
 * themselves too; the bounds are above that.
 */
export const repeatsItself = (text: string): boolean => isDense(text) || hasPhraseLoop(text);

/** Phrases of at least 3 different words: "no, no, no" and "hear, hear" are speech. */
function hasPhraseLoop(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}']+/gu) ?? [];
  for (let length = 3; length <= LONGEST_PHRASE; length += 1) {
    let matches = 0;
    for (let at = length; at < words.length; at += 1) {
      matches = words[at] === words[at - length] ? matches + 1 : 0;
      if (matches < (REPETITIONS - 1) * length) continue;
      if (new Set(words.slice(at - length + 1, at + 1)).size >= 3) return true;
    }
  }
  return false;
}

/** A room that answers in chorus reaches five or six. */
const REPETITIONS = 8;
/** Whisper's 448 tokens per window hold eight of these. Longer repetitions are real: announcements in a waiting line. */
const LONGEST_PHRASE = 30;

/**
 * How well the text compresses. Whisper uses the same measure with a bound of 2.4, which roll calls exceed. Counting
 * and voting reach 5, loops of a sentence 13, loops of one word or in Chinese more than 20.
 */
function isDense(text: string): boolean {
  for (let from = 0; from < text.length; from += WINDOW_CHARACTERS / 2) {
    const piece = Buffer.from(text.slice(from, from + WINDOW_CHARACTERS));
    if (piece.length < LEAST_BYTES) break;
    if (piece.length / deflateRawSync(piece).length > MOST_DENSITY) return true;
  }
  return false;
}

const MOST_DENSITY = 10;
/** A loop fills a window of 30 s; half steps cover it wherever it starts. */
const WINDOW_CHARACTERS = 500;
/** Below this, deflate's overhead or a burst of laughter would decide. */
const LEAST_BYTES = 400;
