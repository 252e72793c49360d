import { expect, test } from 'vitest';
import { betweenPauses, cutsAt } from '../../../activities/transcript/between-pauses.ts';
import { longestSpoken } from '../../../activities/transcript/spoken-seconds.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';
import { answer, askedOf, chunkOf, heard, type Figures, type Told } from './chunk-answers.ts';

/** What Whisper base answers where the language changes inside a chunk; texts and times are its own. */

const ITALIAN = 'Hai anche installato una serie di suoni di esempio e file di configurazione.';
const PBX = 'Come un normale PBX, navigerai in questa demo digitando dei numeri.';
const WELCOME = 'Good morning everyone and welcome to the planning meeting for the spring launch.';
const TODAY = 'Today we need to agree on the launch date, the budget and the work for the website.';

const stretchedChunk = chunkOf(26.5, [0, 5.7], [5.9, 10.1], [10.2, 14.5], [15, 19.4]);
const stretched = answer([
  [0, 5.8, ITALIAN],
  [5.8, 19.2, PBX],
]);

test('a sentence that reaches over more voice than its words can fill is asked again between the pauses', () => {
  expect(askedOf(stretchedChunk, stretched)).toEqual([
    [0, 5.7],
    [5.9, 10.1],
    [10.2, 14.5],
    [15, 19.4],
  ]);
  const seconds = [
    answer([[0, 5.6, ITALIAN.replace('una serie', 'la serie')]]),
    answer([[0, 4.2, PBX]]),
    answer([[0, 4, WELCOME]]),
    // Whisper ends the last segment of a short audio seconds late.
    answer([[0, 10, TODAY]]),
  ];
  expect(heard(stretchedChunk, stretched, seconds)).toEqual({
    said: [
      // What stands in the same language stays as it was heard with the words around it.
      `0.0-5.8 it ${ITALIAN}`,
      `5.9-10.1 it ${PBX}`,
      `10.2-14.2 en ${WELCOME}`,
      `15.0-19.4 en ${TODAY}`,
    ],
    wordless: [],
  });
});

test('a sentence that stays stretched ends where its words end, and the voice behind it is a gap', () => {
  const nobody = [null, null, null, null];
  expect(heard(stretchedChunk, stretched, nobody)).toEqual({
    said: [`0.0-5.8 it ${ITALIAN}`, `5.8-12.9 it ${PBX}`],
    wordless: ['12.9-19.4'],
  });
});

test('figures, Chinese and slow words are no sign of a language that was left out', () => {
  expect(longestSpoken('0800 330 1000')).toBe(5.5);
  expect(longestSpoken('大家好，我们今天讨论预算。')).toBe(4.125);
  expect(longestSpoken('カタカナ')).toBe(1);
  const slow = answer([[0, 14, 'The number is 0 8 0 0, 3 3 0, 1 0 0 0. I repeat: 0800 330 1000.']]);
  expect(askedOf(chunkOf(14, [0, 14]), slow)).toEqual([]);
  const chinese = answer([[0, 8, '大家好，我们今天讨论第三季度的预算。']]);
  expect(askedOf(chunkOf(8, [0, 8]), chinese)).toEqual([]);
});

test('without times of its own, or in a plan without voice, no sentence is stretched', () => {
  const untimed = answer([[0, 19.2, PBX]], { isTimeEstimated: true });
  expect(askedOf(stretchedChunk, untimed)).toEqual([]);
  const { voice: _voice, ...old } = stretchedChunk;
  expect(askedOf(old, stretched)).toEqual([]);
  expect(heard(old, stretched, []).said.at(-1)).toBe(`5.8-19.2 it ${PBX}`);
});

test('a last sentence that Whisper ends behind the audio is stretched like any other', () => {
  const chunk = chunkOf(26, [0.2, 4.4], [4.8, 9.7], [10.4, 15], [15.4, 26]);
  const greeted = answer([[0, 4, 'Здрасьте, всем приветствую и всем всем приветствую.']]);
  const behind = answer([[4, 26, 'Сегодня мы будем говорить о том, что у нас есть боджет и в']], {
    isTimeEstimated: true,
  });
  const first: TranscribeAnswer = {
    ...answer([]),
    segments: [...greeted.segments, ...behind.segments],
  };
  expect(askedOf(chunk, first)).toEqual([
    [0.2, 4.4],
    [4.8, 9.7],
    [10.4, 15],
    [15.4, 26],
  ]);
  const russian = 'Поздравляем, вы закончили установку и выполнение программы телефонной станции.';
  const said = [
    answer([[0, 4, WELCOME]]),
    answer([[0, 4.8, TODAY]]),
    answer([[0, 4.4, 'Tom, please start with the budget. Thank you, Anna.']]),
    answer([[0, 10.5, russian]]),
  ];
  expect(heard(chunk, first, said).said).toEqual([
    `0.2-4.2 en ${WELCOME}`,
    `4.8-9.6 en ${TODAY}`,
    '10.4-14.8 en Tom, please start with the budget. Thank you, Anna.',
    `15.4-25.9 ru ${russian}`,
  ]);
  // Nobody can say more of it: it ends where its words end.
  expect(heard(chunk, first, [null, null, null, null])).toMatchObject({ wordless: ['10.7-26.0'] });
});

test('where a language has no words, what stands beside it is asked again, too', () => {
  const chunk = chunkOf(23, [0, 6], [6.6, 10.9], [11.3, 16.2], [16.7, 22.5]);
  const first = answer([
    [0, 6, 'Posdravle aim, ho usato un cielo stanovco e vuoi programma ai telefoni stanzi.'],
    [17, 22.4, 'Congratulazioni, hai installato e deseguito con successo il PBX.'],
  ]);
  expect(askedOf(chunk, first)).toEqual([
    [0, 6],
    [6.6, 10.9],
    [11.3, 16.2],
    [16.7, 22.5],
  ]);
  const russian = 'Поздравляем, вы закончили установку и выполнение программы телефонной станции.';
  const seconds = [
    answer([[0, 6, russian]]),
    answer([[0, 4.2, WELCOME]]),
    answer([[0, 4.8, TODAY]]),
    answer([[0.3, 5.6, 'Congratulazioni, hai installato con successo il PBX.']]),
  ];
  expect(heard(chunk, first, seconds)).toEqual({
    said: [
      `0.0-6.0 ru ${russian}`,
      `6.6-10.8 en ${WELCOME}`,
      `11.3-16.1 en ${TODAY}`,
      '17.0-22.4 it Congratulazioni, hai installato e deseguito con successo il PBX.',
    ],
    wordless: [],
  });
});

const UNSURE: Figures = { averageLogProbability: -1.1 };
const translated: TranscribeAnswer = {
  text: '',
  language: 'it',
  segments: [
    ...answer([[0, 5, 'Oggi dobbiamo decidere la data e il lavoro.']], UNSURE).segments,
    ...answer([[5.4, 11.4, ITALIAN]]).segments,
  ],
};
const translatedChunk = chunkOf(12, [0, 5], [5.4, 11.4]);

test('text of which the decoder was not sure although somebody speaks gives way to another language', () => {
  expect(askedOf(translatedChunk, translated)).toEqual([[0, 5]]);
  expect(heard(translatedChunk, translated, [answer([[0, 4.9, TODAY]])]).said).toEqual([
    `0.0-4.9 en ${TODAY}`,
    `5.4-11.4 it ${ITALIAN}`,
  ]);
  // The language that the user named does not bind the second answer.
  expect(heard(translatedChunk, translated, [answer([[0, 4.9, TODAY]])], 'it').said[0]).toBe(
    `0.0-4.9 en ${TODAY}`,
  );
});

test('such text stays in the same language, and is marked where nothing settles it', () => {
  const first = 'Oggi dobbiamo decidere la data e il lavoro.';
  const saidAfter = (second: TranscribeAnswer | null) =>
    heard(translatedChunk, translated, [second]).said[0];
  expect(saidAfter(answer([[0, 5, 'Oggi dobbiamo decidere la data del lavoro.']]))).toBe(
    `0.0-5.0 it ${first}`,
  );
  expect(saidAfter(null)).toBe(`0.0-5.0 it? ${first}`);
  expect(saidAfter(answer([]))).toBe(`0.0-5.0 it? ${first}`);
  expect(saidAfter({ ...answer([[0, 1, 'Today we agree.']]), language: 'en' })).toBe(
    `0.0-5.0 it? ${first}`,
  );
  // Heard alone it is as doubtful.
  expect(saidAfter(answer([[0, 4.9, TODAY]], UNSURE))).toBe(`0.0-4.9 en? ${TODAY}`);
});

test('what was heard as one sentence takes the place of two', () => {
  const first = answer(
    [
      [0, 1.4, 'Oggi.'],
      [1.4, 5, 'Dobbiamo decidere la data e il lavoro.'],
    ],
    UNSURE,
  );
  const said = (second: TranscribeAnswer | null) => heard(chunkOf(5, [0, 5]), first, [second]).said;
  expect(said(answer([[0, 4.9, TODAY]]))).toEqual([`0.0-4.9 en ${TODAY}`]);
  expect(said(null)).toEqual([
    '0.0-1.4 it? Oggi.',
    '1.4-5.0 it? Dobbiamo decidere la data e il lavoro.',
  ]);
});

test('each sign of the decoder counts in four seconds of voice and more', () => {
  const said = (seconds: number, figures: Figures) =>
    askedOf(chunkOf(6, [0, seconds]), answer([[0, seconds, TODAY]], figures)).length;
  expect(said(5, { averageLogProbability: -0.91 })).toBe(1);
  expect(said(5, { averageLogProbability: -0.89 })).toBe(0);
  expect(said(3.9, { averageLogProbability: -0.91 })).toBe(0);
  expect(said(5, { compressionRatio: 2.5 })).toBe(1);
  expect(said(5, { compressionRatio: 2.3 })).toBe(0);
  expect(said(5, { averageLogProbability: -0.6, noSpeechProbability: 0.55 })).toBe(1);
  expect(said(5, { averageLogProbability: -0.4, noSpeechProbability: 0.55 })).toBe(0);
});

test('stretches are cut at pauses and where sentences begin, and are long enough to tell their language', () => {
  const spans = (...pairs: [number, number][]) => pairs.map(([start, end]) => ({ start, end }));
  const voice = spans([0, 18.1], [18.2, 24.5]);
  expect(betweenPauses({ start: 0, end: 24 }, voice, [0, 6, 10, 12, 18])).toEqual(
    spans([0, 6], [6, 12], [12, 18.1], [18.2, 24.5]),
  );
  expect(betweenPauses({ start: 0, end: 24 }, voice, [])).toEqual(voice);
  // A voice that sticks out of the words a little belongs to them; one that goes on does not.
  expect(betweenPauses({ start: 1, end: 12 }, voice, [])).toEqual(spans([0, 12]));
  expect(betweenPauses({ start: 30, end: 40 }, voice, [])).toEqual([]);
});

test('an answer with thousands of overlapping segments is cut twice a second at most, and asks for twenty stretches', () => {
  const segments = Array.from({ length: 8_000 }, (_one, index): Told => {
    const start = ((index * 3_571) % 8_000) * 0.003;
    return [start, start + 4, `Wort${index} und`];
  });
  const cuts = cutsAt(segments.map(([start]) => start));
  expect(cuts).toHaveLength(48);
  expect(cuts).toEqual(cuts.toSorted((a, b) => a - b));
  const chunk = chunkOf(28, [0, 9], [9.3, 18], [18.4, 28]);
  const first = { ...answer(segments, UNSURE), text: '' };
  const asked = askedOf(chunk, first);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.length).toBeLessThanOrEqual(20);
  expect(asked.every(([start = 0, end = 0]) => end - start >= 4)).toBe(true);
});
