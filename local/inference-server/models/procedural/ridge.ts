import type { Random } from '../random.ts';

/** The height of a crest at x: sines, each finer and lower than the one before by `roughness`. */
export function createRidge(
  random: Random,
  shape: {
    readonly base: number;
    readonly amplitude: number;
    readonly roughness: number;
    readonly width: number;
  },
): (x: number) => number {
  const waves = Array.from({ length: 7 }, (_unused, octave) => ({
    phase: random.between(0, 2 * Math.PI),
    frequency: ((2 * Math.PI) / shape.width) * random.between(0.7, 1.4) * 2 ** octave,
    amplitude: shape.amplitude * shape.roughness ** octave,
  }));
  return (x) =>
    waves.reduce(
      (y, wave) => y + wave.amplitude * Math.sin(wave.phase + wave.frequency * x) * 0.7,
      shape.base,
    );
}
