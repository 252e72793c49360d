import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import type { VoiceSpan } from './voice-spans.ts';

/**
 * Shorter pauses stay inside their chunk: transcribers pad every chunk to 30 s or charge a minimum, so cutting at each
 * pause would multiply the calls. In much longer silence they tend to invent words.
 */
export const SILENT_STRETCH_SAMPLES = 5 * SAMPLE_RATE;

/** Silence kept around speech, for words that are too soft for the detector. */
export const MARGIN_SAMPLES = 0.5 * SAMPLE_RATE;

/** What the spans leave silent for 5 s and more, without the margin around them; all of a recording without a span. */
export function silentStretches(
  spans: readonly VoiceSpan[],
  samples: number,
): readonly VoiceSpan[] {
  if (spans.length === 0) return [{ startSample: 0, endSample: samples }];
  const silences: VoiceSpan[] = [];
  for (let index = 0; index <= spans.length; index += 1) {
    const from = spans[index - 1]?.endSample;
    const to = spans[index]?.startSample;
    if ((to ?? samples) - (from ?? 0) < SILENT_STRETCH_SAMPLES) continue;
    silences.push({
      startSample: from === undefined ? 0 : from + MARGIN_SAMPLES,
      endSample: to === undefined ? samples : to - MARGIN_SAMPLES,
    });
  }
  return silences;
}
