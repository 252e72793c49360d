import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawPicture } from '../../../../local/inference-server/models/procedural/draw-picture.ts';

const request = { prompt: 'a harbour at dawn', width: 512, height: 288, seed: 'one' };

describe('drawPicture', () => {
  test('draws the same bytes for the same request', async () => {
    const [first, second] = [await drawPicture(request), await drawPicture(request)];
    expect(Buffer.compare(first, second)).toBe(0);
  });

  test.each([{ prompt: 'a harbour at dusk' }, { seed: 'two' }])(
    'draws another picture for %o',
    async (change) => {
      const [first, second] = [
        await drawPicture(request),
        await drawPicture({ ...request, ...change }),
      ];
      expect(Buffer.compare(first, second)).not.toBe(0);
    },
  );

  test('states in the file that it was drawn by rules', async () => {
    const { width, height, format, comments } = await sharp(await drawPicture(request)).metadata();
    expect({ width, height, format }).toEqual({ width: 512, height: 288, format: 'png' });
    expect(comments).toContainEqual({ keyword: 'Software', text: 'procedural-v1' });
  });

  test.each(['a plan for the garden', 'ships in the harbour', 'the office in the city'])(
    'fills the picture with detail, neither dark nor glaring: %s',
    async (prompt) => {
      const { entropy, channels } = await sharp(await drawPicture({ ...request, prompt })).stats();
      const brightness = channels.slice(0, 3).reduce((sum, { mean }) => sum + mean / 3, 0);
      expect(entropy).toBeGreaterThan(5); // a flat area has 0, a photograph about 7
      expect(brightness).toBeGreaterThan(50);
      expect(brightness).toBeLessThan(205);
    },
  );
});
