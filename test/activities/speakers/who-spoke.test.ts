import { expect, test } from 'vitest';
import { whoSpoke } from '../../../activities/speakers/who-spoke.ts';
import { planOf } from '../recording/plans.ts';

const spoken = (start: number, end: number, text: string, isTimeEstimated = false) => ({
  start,
  end,
  text,
  language: null,
  isTimeEstimated,
});
const TURNS = [
  { speaker: 'A', start: 0, end: 5 },
  { speaker: 'B', start: 5, end: 10 },
];

test('of one track the turns tell; without any nobody does', () => {
  const plan = planOf([10]);
  const chunk = { startSample: 0, endSample: 160_000 };
  const texts = [spoken(0, 4, 'Hello.'), spoken(6, 9, 'Hi.')];
  const speakers = (turns: typeof TURNS | null) =>
    whoSpoke(plan, turns)(chunk, texts).map(({ speaker }) => speaker);
  expect(speakers(TURNS)).toEqual(['A', 'B']);
  expect(speakers(null)).toEqual([null, null]);
});

test('a text whose times are estimated is a speaker’s only if nobody else spoke in them', () => {
  const told = whoSpoke(planOf([10]), TURNS);
  const chunk = { startSample: 0, endSample: 160_000 };
  const texts = [
    spoken(0, 10, 'Hello. Hi.', true),
    spoken(0, 4, 'Hello. And more.', true),
    spoken(11, 14, 'Bye.', true),
  ];
  expect(told(chunk, texts).map(({ speaker, text }) => [speaker, text])).toEqual([
    [null, 'Hello. Hi.'],
    ['A', 'Hello. And more.'],
    [null, 'Bye.'],
  ]);
});

test('each of several tracks is a speaker, whatever turns say', () => {
  const sound = (startSample: number) => ({ startSample, heard: [], damage: [] });
  const plan = {
    ...planOf([10, 10]),
    sound: { tracks: [sound(0), sound(160_000)], leftOut: [], cut: false },
  };
  const of = (startSample: number) =>
    whoSpoke(plan, TURNS)({ startSample, endSample: startSample + 160_000 }, [
      spoken(0, 9, 'One. Two.', true),
    ]).map(({ speaker }) => speaker);
  expect(of(0)).toHaveLength(1);
  expect(of(0)).not.toEqual(of(160_000));
  expect([of(0)[0], of(160_000)[0]]).not.toContain(null);
});
