import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { unfilledSeconds } from './spoken-seconds.ts';
import {
  SPEECH_WITHOUT_WORDS_SECONDS,
  voiceWithin,
  wordlessVoice,
  type Span,
} from './wordless-voice.ts';

type Segment = TranscribeAnswer['segments'][number];

export interface Mistrust {
  /** Its time reaches over voice that its words cannot fill. */
  readonly isStretched: boolean;
  /** The decoder was not sure of it, although somebody speaks. */
  readonly isUnsure: boolean;
  /** Unsure, stretched, or decoded together with voice that has no words: it may be in the wrong language. */
  readonly isMistrusted: boolean;
}

/**
 * Which segments of an answer may be in the wrong language, or stand for more than they say. Where the language changes,
 * Whisper goes on in one of them: it leaves the other out and stretches a sentence over it, or writes it in the words of
 * the first. Without times of their own, segments are not judged, but for a last one that may reach to the end of the audio.
 *
 * @param voice of the chunk, by the detector; null: the plan does not tell, and nothing is mistrusted
 * @param invented which of the segments may be invented: they are in doubt already
 */
export function mistrustedText(
  segments: readonly Segment[],
  voice: readonly Span[] | null,
  invented: readonly boolean[],
): readonly Mistrust[] {
  const own = segments.map((segment, index) => (invented[index] ? null : ownTimes(segment)));
  const spoken = voice ?? [];
  const isTooLong = (one: Timed): boolean =>
    unfilledSeconds(one, spoken) >= SPEECH_WITHOUT_WORDS_SECONDS;
  const last = invented.at(-1) === true ? null : timesBehind(segments);
  const timed = own.map((one, index) =>
    one === null && index === own.length - 1 && last !== null && isTooLong(last) ? last : one,
  );
  const isStretched = timed.map((one) => one !== null && isTooLong(one));
  // Where one language has no words, the words of the other may be anywhere, and in either.
  const unheard = [
    ...timed.filter((one, index) => one !== null && isStretched[index] === true),
    ...wordlessVoice(spoken, segments.map(timesOf)),
  ];
  const isUnsure = inVoice(
    own.map((one, index) => {
      const segment = segments[index];
      return one !== null && segment !== undefined && isDoubtful(segment) ? one : null;
    }),
    spoken,
  );
  return timed.map((one, index) => ({
    isStretched: isStretched[index] === true,
    isUnsure: isUnsure[index] === true,
    isMistrusted:
      isUnsure[index] === true ||
      (one !== null && unheard.some((other) => other !== null && isNear(one, other))),
  }));
}

type Timed = Span & { readonly text: string };

const ownTimes = ({ start, end, text, isTimeEstimated }: Segment): Timed | null =>
  start === null || end === null || isTimeEstimated === true ? null : { start, end, text };

/**
 * Of a last segment whose end is estimated: Whisper writes one that is behind the audio, or none. It is all that was answered
 * about the time after the segment before it, if that has times of its own.
 */
function timesBehind(segments: readonly Segment[]): Timed | null {
  const [before, last] = [segments.at(-2), segments.at(-1)];
  if (before === undefined || ownTimes(before) === null) return null;
  return last === undefined ? null : ownTimes({ ...last, isTimeEstimated: undefined });
}

/** Where words stand; without times they may stand anywhere. */
const timesOf = ({ start, end }: Segment): Span => ({ start: start ?? 0, end: end ?? Infinity });

/** By what the decoder says of itself, on contracts that tell it. */
const isDoubtful = (segment: Segment): boolean => {
  const probability = segment.averageLogProbability ?? 0;
  return (
    probability < UNSURE ||
    (segment.compressionRatio ?? 0) > COMPRESSED ||
    (probability < HALF_SURE && (segment.noSpeechProbability ?? 0) > HALF_SPEECH)
  );
};

/** Of runs of segments, those with seconds of voice: a word or two that is cut off scores low in any language. */
function inVoice(runs: readonly (Timed | null)[], voice: readonly Span[]): readonly boolean[] {
  const isSpoken = runs.map(() => false);
  let from = 0;
  for (let at = 0; at <= runs.length; at += 1) {
    if (at < runs.length && runs[at] !== null) continue;
    const seconds = runs
      .slice(from, at)
      .reduce((sum, one) => sum + (one === null ? 0 : voiceWithin(voice, one)), 0);
    if (seconds >= LEAST_VOICE_SECONDS) isSpoken.fill(true, from, at);
    from = at + 1;
  }
  return isSpoken;
}

/** Whisper decodes 30 seconds at a time, in one language. */
const isNear = (one: Span, other: Span): boolean =>
  one.start < other.end + WINDOW_SECONDS && one.end > other.start - WINDOW_SECONDS;
const WINDOW_SECONDS = 30;

// Measured, as docs/decisions/0023 says: ordinary speech of four seconds and more reached none of them.
const UNSURE = -0.9;
const COMPRESSED = 2.4;
const HALF_SURE = -0.5;
const HALF_SPEECH = 0.5;
const LEAST_VOICE_SECONDS = 4;
