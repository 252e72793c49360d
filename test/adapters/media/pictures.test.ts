import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pictureQuality } from '../../../adapters/media/picture-quality.ts';
import { UnusablePictureError } from '../../../adapters/media/media-errors.ts';
import { WATERMARK_TEXT } from '../../../adapters/media/watermark-glyphs.ts';
import { watermarkPicture } from '../../../adapters/media/watermark-picture.ts';
import { readProvenance } from '../../support/read-provenance.ts';

const WIDTH = 1024;
const HEIGHT = 576;
const plain = (background: string, width = WIDTH, height = HEIGHT) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const noise = (sigma: number) =>
  sharp({
    create: {
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma },
    },
  })
    .png()
    .toBuffer();
const drawing = (size = 1) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH * size}" height="${HEIGHT * size}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
        <defs><linearGradient id="g" x2="0" y2="1"><stop offset="0" stop-color="#1d3557"/><stop offset="1" stop-color="#a8dadc"/></linearGradient></defs>
        <rect width="100%" height="100%" fill="url(#g)"/>
        ${Array.from({ length: 14 }, (_, i) => `<circle cx="${(i * 173) % WIDTH}" cy="${(i * 97) % HEIGHT}" r="${30 + i * 7}" fill="hsl(${i * 40},60%,55%)" stroke="#f1faee" stroke-width="3"/>`).join('')}
        <path d="M0 400L300 250L600 420L1024 220V576H0Z" fill="#2a9d8f"/></svg>`,
    ),
  )
    .png()
    .toBuffer();

test('flat, black and white pictures score 0, a good one more than 0.5', async () => {
  for (const colour of ['#808080', '#000', '#fff']) {
    expect(await pictureQuality(await plain(colour))).toBe(0);
  }
  expect(await pictureQuality(await drawing())).toBeGreaterThan(0.5);
  expect(await pictureQuality(await noise(40))).toBeGreaterThan(0.5);
});

test('blur, faintness, darkness and smallness each lower the score', async () => {
  const good = await drawing();
  const quality = await pictureQuality(good);
  expect(await pictureQuality(await sharp(good).blur(20).png().toBuffer())).toBeLessThan(
    quality * 0.75,
  );
  expect(await pictureQuality(await noise(3))).toBeLessThan(0.5);
  expect(await pictureQuality(await sharp(good).linear(0.1, 0).png().toBuffer())).toBeLessThan(
    quality / 2,
  );
  expect(await pictureQuality(await drawing(0.1))).toBeLessThan(quality / 2);
});

const provenance = {
  tool: 'Hansard 0.1.0',
  model: 'a/model "x" <1> & co',
  createdAt: '2026-03-02T10:00:00.000Z',
};

test('a watermark appears at the bottom right and does not change the rest', async () => {
  const before = await plain('#808080');
  expect(WATERMARK_TEXT).toBe('AI-generated · Hansard');
  const bytes = await watermarkPicture(before, provenance);
  const part = (left: number, top: number, width: number, height: number) =>
    sharp(bytes).extract({ left, top, width, height }).greyscale().raw().toBuffer();
  const band = await part(WIDTH - 330, HEIGHT - 50, 320, 45);
  expect(band.some((grey) => grey > 240)).toBe(true); // white letters
  expect(band.some((grey) => grey < 80)).toBe(true); // on a dark band
  const above = await part(0, 0, WIDTH, HEIGHT - 70);
  expect(above.every((grey) => grey === 128)).toBe(true);
  expect(await sharp(bytes).metadata()).toMatchObject({
    format: 'png',
    width: WIDTH,
    height: HEIGHT,
  });
});

test("a picture's provenance can be read from it", async () => {
  const bytes = await watermarkPicture(
    await sharp(await drawing())
      .jpeg()
      .toBuffer(),
    provenance,
  );
  expect(await readProvenance(bytes)).toEqual(provenance);
  expect((await sharp(bytes).metadata()).xmpAsString).toContain('trainedAlgorithmicMedia');
  expect(await readProvenance(await drawing())).toBeNull();
});

test('a picture smaller than the mark is marked too', async () => {
  const bytes = await watermarkPicture(await plain('#808080', 40, 8), provenance);
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 40, height: 8 });
});

test('a picture that is damaged, refers to files or is too large, and other data, is rejected', async () => {
  const good = await noise(40);
  const bad = [
    Buffer.from('not a picture'),
    Buffer.alloc(0),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    good.subarray(0, good.length / 2),
    await plain('#808080', 4097, 4097),
  ];
  for (const bytes of bad) {
    await expect(pictureQuality(bytes)).rejects.toThrow(UnusablePictureError);
    await expect(watermarkPicture(bytes, provenance)).rejects.toThrow(UnusablePictureError);
  }
});
