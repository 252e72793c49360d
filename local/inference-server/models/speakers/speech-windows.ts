import { FIRST_MIDDLE, FRAME_SECONDS } from './segmentation.ts';

/** In seconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Long enough to know a voice by, short enough that mostly one person speaks. */
export const VOICE_SECONDS = 1.5;
const VOICE_STEP = 0.75;
const LONGEST_GAP = 0.1;
const SHORTEST_SPEECH = 0.25;

export const frameTime = (frame: number): number => frame * FRAME_SECONDS + FIRST_MIDDLE;

/** Where anybody speaks; a gap of up to 0.1 s belongs to the speech, and speech of up to 0.25 s is left out. */
export function speechStretches(counts: Uint8Array, seconds: number): Stretch[] {
  const found: { start: number; end: number }[] = [];
  let from = -1;
  for (let frame = 0; frame <= counts.length; frame += 1) {
    const speaks = (counts[frame] ?? 0) > 0;
    if (speaks && from < 0) from = frame;
    if (speaks || from < 0) continue;
    const [start, end] = [frameTime(from), Math.min(frameTime(frame), seconds)];
    const last = found.at(-1);
    if (last !== undefined && start - last.end <= LONGEST_GAP) last.end = end;
    else found.push({ start, end });
    from = -1;
  }
  return found.filter(({ start, end }) => end - start > SHORTEST_SPEECH);
}

/** A piece of speech whose voice is looked at, and the time that it stands for: up to half way to its neighbours. */
export interface VoiceWindow extends Stretch {
  readonly standsFor: Stretch;
}

/** Windows of 1.5 s every 0.75 s, the last one at the end of its stretch; a shorter stretch is one window. */
export const voiceWindows = (stretches: readonly Stretch[]): VoiceWindow[] =>
  stretches.flatMap(({ start, end }) => {
    const starts: number[] = [];
    for (let at = start; at + VOICE_SECONDS < end; at += VOICE_STEP) starts.push(at);
    if (end - start > VOICE_SECONDS) starts.push(end - VOICE_SECONDS);
    else starts.push(start);
    const length = Math.min(VOICE_SECONDS, end - start);
    const cut = (index: number) => ((starts[index] ?? 0) + (starts[index + 1] ?? 0) + length) / 2;
    return starts.map((at, index) => ({
      start: at,
      end: at + length,
      standsFor: {
        start: index === 0 ? start : cut(index - 1),
        end: index === starts.length - 1 ? end : cut(index),
      },
    }));
  });
