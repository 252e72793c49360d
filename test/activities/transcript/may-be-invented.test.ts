import { expect, test } from 'vitest';
import { mayBeInvented } from '../../../activities/transcript/may-be-invented.ts';

/** Values as whisper-base gave them for the sound that each title names. */
interface Heard {
  readonly text: string;
  readonly times?: number;
  readonly seconds?: number;
  readonly voice?: readonly (readonly [start: number, end: number])[] | null;
  readonly compressionRatio?: number;
  readonly noSpeechProbability?: number;
  readonly averageLogProbability?: number;
}

function judge({ text, times = 1, seconds = 2, voice = [], ...figures }: Heard): boolean[] {
  const segments = Array.from({ length: times }, (_one, index) => ({
    start: index * seconds,
    end: (index + 1) * seconds,
    text,
    ...figures,
  }));
  const heard = voice?.map(([start, end]) => ({ start, end })) ?? null;
  return [...new Set(mayBeInvented(segments, heard))];
}

test.each<[string, Heard]>([
  [
    'a ringing tone',
    {
      text: "I'm going to start with the first one.",
      times: 14,
      noSpeechProbability: 0.82,
      averageLogProbability: -0.28,
      compressionRatio: 10.28,
    },
  ],
  [
    'chords, with calm scores',
    { text: 'Thank you.', times: 14, noSpeechProbability: 0.48, averageLogProbability: -0.2 },
  ],
  [
    'pink noise',
    {
      text: '1.5% deurice, 2.5% deurice, 2.5% deurice, 2.5% deurice.',
      seconds: 28,
      compressionRatio: 14.44,
      noSpeechProbability: 0.95,
      averageLogProbability: -0.16,
    },
  ],
  [
    'a room where nobody speaks yet',
    {
      text: "Yeah, it's just a good bus.",
      averageLogProbability: -1.47,
      noSpeechProbability: 0.56,
    },
  ],
  [
    'a loop over a voice',
    {
      text: "it's like, you know, it's like, you know, it's like, you know, it's like, you know, it's like, you know, it's like, you know, it's like, you know, it's like, you know, it's like",
      voice: [[0, 2]],
      averageLogProbability: -0.4,
    },
  ],
  [
    'noise, by a plan that does not tell where the voice is',
    { text: 'Thank you.', voice: null, noSpeechProbability: 0.7, averageLogProbability: -1.1 },
  ],
])('%s', (_sound, heard) => {
  expect(judge(heard)).toEqual([true]);
});

test.each<[string, Heard]>([
  [
    'a last word that is cut off, with low scores',
    {
      text: 'or he will write...',
      voice: [[0, 2]],
      averageLogProbability: -1.19,
      noSpeechProbability: 0.52,
    },
  ],
  [
    'a voice that the detector hears, with the scores of silence',
    {
      text: 'Agreed.',
      voice: [[0.5, 1.8]],
      averageLogProbability: -1.1,
      noSpeechProbability: 0.7,
    },
  ],
  [
    'a distant speaker whom the detector does not hear',
    { text: 'The username.', averageLogProbability: -0.5, noSpeechProbability: 0.39 },
  ],
  [
    'a vote',
    {
      text: 'Aye.',
      times: 12,
      voice: [[0, 24]],
      compressionRatio: 4,
      noSpeechProbability: 0.2,
      averageLogProbability: -0.3,
    },
  ],
  [
    'a roll call that compresses well',
    { text: 'Mr. Adler? Present. Mr. Baker? Present.', voice: [[0, 2]], compressionRatio: 3.1 },
  ],
  ['speech by an engine that says no figures', { text: 'The budget stands.', voice: [[0, 2]] }],
  ['speech by an engine that says no figures, unheard by the detector', { text: 'Agreed.' }],
])('%s is not suspected', (_sound, heard) => {
  expect(judge(heard)).toEqual([false]);
});

test('only the segments in a loop are suspected, not the talk in the same window', () => {
  const figures = {
    compressionRatio: 4.55,
    noSpeechProbability: 0.18,
    averageLogProbability: -0.4,
  };
  const loop = 'like, you know, it is '.repeat(12);
  const segments = ['So we move the launch.', 'And the object?', loop, loop].map((text, index) => ({
    start: index * 4,
    end: index * 4 + 4,
    text,
    ...figures,
  }));
  expect(mayBeInvented(segments, [{ start: 0, end: 8 }])).toEqual([false, false, true, true]);
});
