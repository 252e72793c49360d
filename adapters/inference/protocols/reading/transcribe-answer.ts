import type { TranscribeAnswer } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { badReply } from './bad-reply.ts';
import { repeatsItself } from './repeats-itself.ts';

/**
 * Makes one form of what engines answer: segments in order, inside the audio, every one with both times. Engines
 * err by fractions of a second, which is repaired; times that are off by more are not believed, nor is a flood of text,
 * nor a text that repeats itself. No text at all is believed: whether anybody spoke, a later stage knows.
 */
export function toTranscribeAnswer(
  said: TranscribeAnswer,
  call: {
    readonly response: WireResponse;
    readonly durationSeconds: number;
    readonly target: Target;
  },
): TranscribeAnswer {
  const { durationSeconds } = call;
  const characters = said.segments.reduce((sum, one) => sum + one.text.length, said.text.length);
  if (characters > MOST_CHARACTERS + durationSeconds * MOST_CHARACTERS_A_SECOND)
    throw badReply(call.target, call.response, 'it holds more words than anybody can say');
  const segments: TranscribeAnswer['segments'] = [];
  let reached = 0;
  for (const [index, segment] of said.segments.entries()) {
    const start = segment.start ?? reached;
    // Whisper leaves the end open where the audio ends in mid-sentence.
    const end = segment.end ?? said.segments[index + 1]?.start ?? durationSeconds;
    if (start < -TOLERANCE_SECONDS || Math.max(start, end) > durationSeconds + TOLERANCE_SECONDS)
      throw badReply(call.target, call.response, 'its times lie outside of the audio');
    if (start < reached - TOLERANCE_SECONDS || end < start - TOLERANCE_SECONDS)
      throw badReply(call.target, call.response, 'its times run backwards');
    const from = clamp(start, reached, durationSeconds);
    const to = clamp(end, from, durationSeconds);
    if (segment.text.trim() !== '') segments.push({ start: from, end: to, text: segment.text });
    reached = from;
  }
  const text = said.text.trim() === '' ? segments.map((one) => one.text).join('') : said.text;
  if (repeatsItself(text)) throw badReply(call.target, call.response, 'it repeats itself');
  // An engine without times: all we know is that it was said in this audio.
  if (segments.length === 0 && text.trim() !== '')
    segments.push({ start: 0, end: durationSeconds, text });
  return { text, language: said.language, segments };
}

/**
 * Text and segments together. The fastest speakers say 30 characters a second; a Whisper that repeats itself makes 448
 * tokens, some 2,000 characters, of 30 s.
 */
const MOST_CHARACTERS_A_SECOND = 400;
const MOST_CHARACTERS = 10_000;

/** Whisper's times have steps of 0.02 s and wander by some tenths at the edges; 2 s are no rounding any more. */
const TOLERANCE_SECONDS = 2;

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);
