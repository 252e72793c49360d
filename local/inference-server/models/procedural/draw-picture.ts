import { crc32 } from 'node:zlib';
import { createRandom, type Random } from '../random.ts';
import { drawHarbour, drawHills, drawSky, drawSkyline, type Canvas } from './landscapes.ts';

export interface PictureRequest {
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: string;
}

/**
 * A PNG that depends on the request alone. No image model: a landscape drawn by rules. The prompt's words choose the
 * motif, its hash everything else; no face, no writing. The PNG's `Software` text is `procedural-v1`.
 */
export async function drawPicture(request: PictureRequest): Promise<Uint8Array> {
  const { prompt, width, height } = request;
  const random = createRandom(JSON.stringify([prompt, request.seed]));
  const draw = chooseMotif(prompt, random);
  const canvas = { width, height, random, palette: createPalette(random) };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawSky(canvas)}${draw(canvas)}</svg>`;
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, { font: { loadSystemFonts: false } });
  return addPngText(image.asPng(), 'Software', 'procedural-v1');
}

/** Each motif with stems of the words that suggest it in meetings. */
const MOTIFS = [
  [drawHills, 'plan goal path grow mountain garden farm field forest climb'],
  [drawHarbour, 'harbour harbor ship sea launch boat water port travel island'],
  [drawSkyline, 'city office build team budget product market software street'],
] as const;

/** The motif with most words in the prompt; if none or several lead, the hash decides. */
function chooseMotif(prompt: string, random: Random): (canvas: Canvas) => string {
  const words = prompt.toLowerCase().match(/\p{L}+/gu) ?? [];
  const scored = MOTIFS.map(([draw, stems]) => {
    const suggests = (word: string) => stems.split(' ').some((stem) => word.startsWith(stem));
    return { draw, score: words.filter(suggests).length };
  });
  const best = Math.max(...scored.map(({ score }) => score));
  const [first = drawHills, ...others] = scored
    .filter(({ score }) => score === best)
    .map(({ draw }) => draw);
  return random.pick([first, ...others]);
}

/** Hues of land and light that look good together: sea and lamp, teal and copper, plum and gold, moss and dawn. */
const HARMONIES: [Harmony, ...Harmony[]] = [
  [218, 30],
  [186, 18],
  [286, 42],
  [148, 36],
];
type Harmony = readonly [land: number, light: number];

function createPalette(random: Random): Canvas['palette'] {
  const [land, light] = random.pick(HARMONIES);
  const [hue, warm] = [land + random.between(-14, 14), light + random.between(-10, 10)];
  const sky = hue + random.between(-12, 12);
  return {
    sky: [sky, 58, 34],
    dawn: [warm, 78, 76],
    far: [sky + 8, 34, 66],
    near: [hue, 46, 13],
    light: [warm, 95, 90],
    accent: [warm, 90, 60],
  };
}

/** The PNG signature (8 bytes) and IHDR, which is always first and always 25 bytes. */
const AFTER_HEADER = 33;

/** Adds a `tEXt` chunk behind the header (PNG specification, section 11.3.3); Latin-1 only. */
function addPngText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const data = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length - 4); // without the type's four letters
  sum.writeUInt32BE(crc32(data));
  const [header, rest] = [png.subarray(0, AFTER_HEADER), png.subarray(AFTER_HEADER)];
  return Buffer.concat([header, size, data, sum, rest]);
}
