/** Mel bands of a frame. */
export const BANDS = 80;

/** 25 ms at 16 kHz. */
const FRAME = 400;
/** 10 ms. */
export const FRAME_STEP = 160;
const FFT = 512;
const LOWEST_HZ = 20;
const RATE = 16_000;

export const frameCount = (samples: number): number =>
  samples < FRAME ? 0 : 1 + Math.floor((samples - FRAME) / FRAME_STEP);

/**
 * Log mel filter banks as Kaldi computes them: 80 bands, 25 ms every 10 ms, Povey's window, pre-emphasis 0.97, no dither.
 * Takes samples at 16 kHz from -1 to 1; returns 80 numbers for each frame.
 */
export function filterBanks(samples: Float32Array): Float32Array<ArrayBuffer> {
  const frames = frameCount(samples.length);
  const banks = new Float32Array(frames * BANDS);
  const real = new Float64Array(FFT);
  const imaginary = new Float64Array(FFT);
  const power = new Float64Array(FFT / 2);
  const second = new Float64Array(FFT / 2);
  // One transform serves two frames: the second is the imaginary part of the first.
  for (let frame = 0; frame < frames; frame += 2) {
    fillFrame(real, samples, frame * FRAME_STEP);
    if (frame + 1 < frames) fillFrame(imaginary, samples, (frame + 1) * FRAME_STEP);
    else imaginary.fill(0);
    transform(real, imaginary);
    separate(real, imaginary, power, second);
    addBands(power, banks, frame * BANDS);
    if (frame + 1 < frames) addBands(second, banks, (frame + 1) * BANDS);
  }
  return banks;
}

/** Subtracts the mean of each band over the frames, in place. */
export function subtractMean(banks: Float32Array): void {
  const frames = banks.length / BANDS;
  for (let band = 0; band < BANDS; band += 1) {
    let sum = 0;
    for (let at = band; at < banks.length; at += BANDS) sum += banks[at] ?? 0;
    const mean = sum / frames;
    for (let at = band; at < banks.length; at += BANDS) banks[at] = (banks[at] ?? 0) - mean;
  }
}

const PRE_EMPHASIS = 0.97;
const TAPER = Float64Array.from(
  { length: FRAME },
  (_, at) => (0.5 - 0.5 * Math.cos((2 * Math.PI * at) / (FRAME - 1))) ** 0.85,
);

function fillFrame(into: Float64Array, samples: Float32Array, start: number): void {
  let sum = 0;
  for (let at = 0; at < FRAME; at += 1) sum += samples[start + at] ?? 0;
  const mean = sum / FRAME;
  let before = (samples[start] ?? 0) - mean;
  for (let at = 0; at < FRAME; at += 1) {
    const sample = (samples[start + at] ?? 0) - mean;
    into[at] = (sample - PRE_EMPHASIS * before) * (TAPER[at] ?? 0);
    before = sample;
  }
  into.fill(0, FRAME);
}

const mel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** For each frequency: where it lies among the bands. */
const PLACES = Float64Array.from({ length: FFT / 2 }, (_, bin) => {
  const width = (mel(RATE / 2) - mel(LOWEST_HZ)) / (BANDS + 1);
  return (mel((bin * RATE) / FFT) - mel(LOWEST_HZ)) / width;
});
/** The band whose rising side it is on, and how high; the band below has the rest. */
const RISING_BAND = Int16Array.from(PLACES, Math.floor);
const RISING_SHARE = PLACES.map((place) => place - Math.floor(place));

/** The smallest step above 1 of 32-bit floats: Kaldi's floor. */
const FLOOR = 1.192_092_9e-7;

/** The power of the two frames whose transforms were made as one. */
function separate(
  real: Float64Array,
  imaginary: Float64Array,
  power: Float64Array,
  second: Float64Array,
): void {
  for (let bin = 0; bin < FFT / 2; bin += 1) {
    const mirror = (FFT - bin) % FFT;
    const re = real[bin] ?? 0;
    const im = imaginary[bin] ?? 0;
    const reMirrored = real[mirror] ?? 0;
    const imMirrored = imaginary[mirror] ?? 0;
    power[bin] = ((re + reMirrored) ** 2 + (im - imMirrored) ** 2) / 4;
    second[bin] = ((im + imMirrored) ** 2 + (reMirrored - re) ** 2) / 4;
  }
}

function addBands(power: Float64Array, banks: Float32Array, at: number): void {
  const sums = new Float64Array(BANDS);
  for (let bin = 0; bin < FFT / 2; bin += 1) {
    const energy = power[bin] ?? 0;
    const band = RISING_BAND[bin] ?? 0;
    const share = RISING_SHARE[bin] ?? 0;
    if (band >= 0 && band < BANDS) sums[band] = (sums[band] ?? 0) + share * energy;
    if (band >= 1 && band <= BANDS) sums[band - 1] = (sums[band - 1] ?? 0) + (1 - share) * energy;
  }
  for (let band = 0; band < BANDS; band += 1) {
    banks[at + band] = Math.log(Math.max(sums[band] ?? 0, FLOOR));
  }
}

const COSINES = Float64Array.from({ length: FFT / 2 }, (_, at) =>
  Math.cos((2 * Math.PI * at) / FFT),
);
const SINES = Float64Array.from({ length: FFT / 2 }, (_, at) => Math.sin((2 * Math.PI * at) / FFT));
const MIRRORED = Uint16Array.from({ length: FFT }, (_, at) => {
  let mirrored = 0;
  for (let bit = 1; bit < FFT; bit *= 2) mirrored = mirrored * 2 + (at & bit ? 1 : 0);
  return mirrored;
});

/** Fourier transform of 512 complex numbers, in place. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  for (let at = 0; at < FFT; at += 1) {
    const other = MIRRORED[at] ?? 0;
    if (other <= at) continue;
    const re = real[at] ?? 0;
    const im = imaginary[at] ?? 0;
    real[at] = real[other] ?? 0;
    imaginary[at] = imaginary[other] ?? 0;
    real[other] = re;
    imaginary[other] = im;
  }
  for (let half = 1; half < FFT; half *= 2) {
    const stride = FFT / (2 * half);
    for (let start = 0; start < FFT; start += 2 * half) {
      for (let at = 0; at < half; at += 1) {
        const cosine = COSINES[at * stride] ?? 0;
        const sine = SINES[at * stride] ?? 0;
        const low = start + at;
        const high = low + half;
        const re = (real[high] ?? 0) * cosine + (imaginary[high] ?? 0) * sine;
        const im = (imaginary[high] ?? 0) * cosine - (real[high] ?? 0) * sine;
        real[high] = (real[low] ?? 0) - re;
        imaginary[high] = (imaginary[low] ?? 0) - im;
        real[low] = (real[low] ?? 0) + re;
        imaginary[low] = (imaginary[low] ?? 0) + im;
      }
    }
  }
}
