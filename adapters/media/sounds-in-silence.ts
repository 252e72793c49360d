import { ENERGY_FRAME_SAMPLES } from './frame-energy.ts';
import type { VoiceSpan } from './voice-spans.ts';

/**
 * What is heard in stretches that are not sent: where the sound is 20 dB above the recording's noise and above -60 dBFS,
 * for a tenth of a second at least. Sounds less than a second apart are one. In order, within the stretches. No sound is
 * surely silence; a sound may be a voice that no look took for one.
 */
export function soundsInSilence(
  energies: ArrayLike<number>,
  silences: readonly VoiceSpan[],
): VoiceSpan[] {
  if (silences.length === 0) return [];
  const loud = Math.max(LOUDER_THAN_NOISE * noiseOf(energies), AUDIBLE_ENERGY);
  return silences.flatMap((silence) => soundsIn(silence, energies, loud));
}

/**
 * In meetings of the AMI corpus the pauses lie at -80 to -65 dBFS, and the softest word of the reference reaches -45:
 * 20 dB above the noise lists words and moved chairs, and not the room.
 */
const LOUDER_THAN_NOISE = 100;

/** -60 dBFS of 16-bit samples, squared. Below it nobody hears a word, not even where the recorder writes zeros in pauses. */
const AUDIBLE_ENERGY = (32_768 / 1000) ** 2;

const FEWEST_FRAMES = 5;
const LONGEST_PAUSE_FRAMES = 50;

/** The energy that a tenth of the recording does not reach: its pauses. */
function noiseOf(energies: ArrayLike<number>): number {
  return Float64Array.from(energies).toSorted()[Math.floor(energies.length / 10)] ?? 0;
}

function soundsIn(silence: VoiceSpan, energies: ArrayLike<number>, loud: number): VoiceSpan[] {
  const sounds: VoiceSpan[] = [];
  let sound: { first: number; last: number; frames: number } | null = null;
  const close = (): void => {
    if (sound !== null && sound.frames >= FEWEST_FRAMES) {
      sounds.push({
        startSample: sound.first * ENERGY_FRAME_SAMPLES,
        endSample: (sound.last + 1) * ENERGY_FRAME_SAMPLES,
      });
    }
    sound = null;
  };
  const end = Math.floor(silence.endSample / ENERGY_FRAME_SAMPLES);
  for (let frame = Math.ceil(silence.startSample / ENERGY_FRAME_SAMPLES); frame < end; frame += 1) {
    if ((energies[frame] ?? 0) < loud) continue;
    if (sound !== null && frame - sound.last > LONGEST_PAUSE_FRAMES) close();
    sound ??= { first: frame, last: frame, frames: 0 };
    sound.last = frame;
    sound.frames += 1;
  }
  close();
  return sounds;
}
