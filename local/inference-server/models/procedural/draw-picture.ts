import { renderAsync } from '@resvg/resvg-js';
import { createRandom } from '../random.ts';
import { chooseMotif } from './choose-motif.ts';
import { createPalette } from './palette.ts';
import { addPngText } from './png-text.ts';
import { drawHills } from './draw-hills.ts';
import { drawHarbour } from './draw-harbour.ts';
import { drawSkyline } from './draw-skyline.ts';
import { drawSky, type Canvas } from './draw-sky.ts';

export interface PictureRequest {
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: string;
}

/**
 * A PNG that depends on the request alone. No image model: a landscape drawn by rules, its motif from the
 * prompt's words, everything else from its hash; no face, no writing. Its `Software` text says `procedural-v1`.
 */
export async function drawPicture(request: PictureRequest): Promise<Uint8Array> {
  const random = createRandom(JSON.stringify([request.prompt, request.seed]));
  const motif = chooseMotif(request.prompt, random);
  const { width, height } = request;
  const canvas: Canvas = { width, height, random, palette: createPalette(random) };
  const land = { hills: drawHills, harbour: drawHarbour, skyline: drawSkyline }[motif];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `${drawSky(canvas)}${land(canvas)}</svg>`;
  const image = await renderAsync(svg, { font: { loadSystemFonts: false } });
  return addPngText(image.asPng(), { Software: 'procedural-v1', Source: `motif ${motif}` });
}
