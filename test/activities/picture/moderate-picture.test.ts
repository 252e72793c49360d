import { expect, test } from 'vitest';
import { pictureVerdict } from '../../../adapters/media/picture-verdict.ts';

test.each([
  [
    [
      { label: 'normal', score: 0.99 },
      { label: 'nsfw', score: 0.01 },
    ],
    'safe',
    0.01,
  ],
  [[{ label: 'NSFW', score: 0.4999 }], 'safe', 0.4999],
  [[{ label: 'nsfw', score: 0.5 }], 'held', 0.5],
  [[{ label: 'nsfw', score: 0.85 }], 'held', 0.85],
  [[{ label: 'nsfw', score: 0.8501 }], 'blocked', 0.8501],
  [
    [
      { label: 'Drawing', score: 0.25 },
      { label: 'Porn', score: 0.5 },
      { label: 'Sexy', score: 0.25 },
    ],
    'held',
    0.75,
  ],
  [
    [
      { label: 'Hentai', score: 0.9 },
      { label: 'Neutral', score: 0.1 },
    ],
    'blocked',
    0.9,
  ],
  [[{ label: 'cat', score: 1 }], 'held', null],
  [[{ label: 'not nsfw', score: 1 }], 'held', null],
] as const)('%j is %s', (labels, verdict, score) => {
  expect(pictureVerdict([...labels])).toEqual({ verdict, score });
});
