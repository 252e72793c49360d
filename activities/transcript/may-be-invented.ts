import {
  inLoop,
  isDense,
  SURE_LOOP,
} from '../../adapters/inference/protocols/reading/repetition.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { voiceWithin, type Span } from './wordless-voice.ts';

type Segment = TranscribeAnswer['segments'][number];

/**
 * Which segments of an answer may be invented: Whisper writes sentences for music, tones and noise. No sign alone is
 * enough but a loop that nobody says, because each is met in real speech: quiet people are no voice to the detector,
 * roll calls compress like loops, and a last word that is cut off scores low.
 *
 * @param voice of the chunk, by the detector; null: the plan does not tell
 */
export function mayBeInvented(
  segments: readonly Segment[],
  voice: readonly Span[] | null,
): readonly boolean[] {
  const texts = segments.map(({ text }) => text);
  const [loop, sureLoop] = [inLoop(texts, REPEATED), inLoop(texts, SURE_LOOP)];
  return segments.map((segment, index) => {
    if (sureLoop[index] === true || isDense(segment.text)) return true;
    const voiced = voicedShare(segment, voice);
    const isVoiceless = voiced !== null && voiced < VOICELESS_BELOW;
    const isVoiced = voiced !== null && voiced >= VOICED_FROM;
    const saysNoSpeech = (segment.noSpeechProbability ?? 0) > NO_SPEECH;
    const isUnsure = (segment.averageLogProbability ?? 0) < UNSURE;
    const isCompressed = (segment.compressionRatio ?? 0) > COMPRESSED;
    return (
      (loop[index] === true && (isVoiceless || saysNoSpeech || isUnsure)) ||
      (isVoiceless && (saysNoSpeech || isUnsure || isCompressed)) ||
      (saysNoSpeech && (isUnsure || isCompressed) && !isVoiced)
    );
  });
}

/** The share of a segment with voice; null: not known, or the segment has no times of its own. */
function voicedShare(
  { start, end, isTimeEstimated }: Segment,
  voice: readonly Span[] | null,
): number | null {
  if (voice === null || start === null || end === null || isTimeEstimated === true) return null;
  return end > start ? voiceWithin(voice, { start, end }) / (end - start) : null;
}

// The bounds of openai/whisper (transcribe.py): above the first two, or below the third, it does not believe its own text.
const COMPRESSED = 2.4;
const NO_SPEECH = 0.6;
const UNSURE = -1;

/** "No, no, no" is speech; four times the same is a loop or a vote, and another sign decides. */
const REPEATED = { repetitions: 4, differentWords: 1 };

const VOICELESS_BELOW = 0.2;
const VOICED_FROM = 0.5;
