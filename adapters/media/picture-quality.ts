import { openPicture } from './open-picture.ts';
import { UnusablePictureError } from './media-errors.ts';

/**
 * Rates a picture from 0 to 1: not its beauty, but whether it is a picture or a failed one (flat, black, blurred, tiny).
 *
 *     sharpness^½ x detail^¼ x contrast^¼ x exposure x size^½
 *
 * Sharpness is the strength of edges, detail the entropy of the grey values, contrast their spread. Exposure falls when
 * almost everything is black or white, size when there are fewer pixels than a page shows. The factors are multiplied, so
 * that none can make up for another. About 0.9 for a detailed picture, 0.5 for a few flat shapes, 0.3 for a blurred picture or
 * a mere gradient, 0 for a flat one. Throws `UnusablePictureError`.
 */
export async function pictureQuality(bytes: Uint8Array): Promise<number> {
  const { statistics, pixels } = await measure(bytes);
  const colours = statistics.channels.slice(0, 3);
  const mean = average(colours.map((channel) => channel.mean));
  const spread = average(colours.map((channel) => channel.stdev));
  const quality =
    ratio(statistics.sharpness, FULL_SHARPNESS) ** 0.5 *
    ratio(statistics.entropy, FULL_ENTROPY_BITS) ** 0.25 *
    ratio(spread, FULL_SPREAD) ** 0.25 *
    ratio(Math.min(mean, 255 - mean), DARKEST_MEAN) *
    ratio(pixels, PAGE_PIXELS) ** 0.5;
  return Math.round(quality * 1000) / 1000;
}

// Measured with sharp's stats(): landscapes drawn by rules have sharpness 1.9 to 3.7 and entropy 5.8 to 7.0, blurred ones 0.1
// to 0.3, a few flat shapes 0.4 and 4.7, a mere gradient 0.07 and 7.6, noise 14 and 6.9. Grey values run from 0 to 255,
// their entropy to 8 bits.
const FULL_SHARPNESS = 1;
const FULL_ENTROPY_BITS = 7.5;
const FULL_SPREAD = 50;
/** A night scene's average grey; a darker (or equally bright) picture is mostly empty. */
const DARKEST_MEAN = 24;
/** 512 x 288: the size that the minutes show without enlarging. */
const PAGE_PIXELS = 512 * 288;

async function measure(bytes: Uint8Array) {
  const picture = openPicture(bytes);
  try {
    const { width, height } = await picture.metadata();
    return { statistics: await picture.stats(), pixels: width * height };
  } catch (error) {
    throw new UnusablePictureError('the picture is damaged or too large', { cause: error });
  }
}

const ratio = (value: number, full: number): number => Math.min(1, Math.max(0, value / full));

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
