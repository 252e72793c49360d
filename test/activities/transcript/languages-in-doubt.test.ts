import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectLanguage, likeness } from '../../../activities/transcript/detect-language.ts';
import { languagesInDoubt } from '../../../activities/transcript/languages-in-doubt.ts';
import { settleChunk, type ChunkAnswers } from '../../../activities/transcript/settle-chunk.ts';
import {
  SAMPLE_RATE,
  type PlannedChunk,
  type Samples,
} from '../../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';

/** Calm answers of Whisper base by a contract that tells no figures, to chunks with two languages; texts and times are its own. */

type Told = readonly [start: number, end: number, text: string];

const answer = (...segments: readonly Told[]): TranscribeAnswer => ({
  text: segments.map(([, , text]) => text).join(' '),
  language: null,
  segments: segments.map(([start, end, text]) => ({ start, end, text })),
});

/** From 60 s of the plan, with voice at these seconds of the chunk. */
const chunkOf = (
  seconds: number,
  ...voice: (readonly [start: number, end: number])[]
): PlannedChunk => {
  const samples = (time: number) => Math.round((60 + time) * SAMPLE_RATE);
  return {
    index: 2,
    startSample: samples(0),
    endSample: samples(seconds),
    speech: true,
    speechSeconds: seconds,
    voice: voice.map(([start, end]) => ({ startSample: samples(start), endSample: samples(end) })),
  };
};

interface Answered {
  readonly chunk: PlannedChunk;
  readonly first: TranscribeAnswer;
  readonly again?: ChunkAnswers['again'];
}

const settled = ({ chunk, first, again = [] }: Answered) =>
  settleChunk(chunk, { first, again }, { given: null, detect: detectLanguage });

const doubtsOf = (chunks: readonly (Answered | null)[]) =>
  languagesInDoubt(
    chunks.map((one) =>
      one === null
        ? null
        : {
            chunk: one.chunk,
            pieces: settled(one).pieces,
            again: (one.again ?? []).map(({ stretch }) => stretch),
          },
    ),
    likeness,
  );

/** In seconds of their chunks. */
const askedOf = (chunks: readonly (Answered | null)[]) =>
  doubtsOf(chunks).map((stretches, index) =>
    stretches.map(({ startSample, endSample }) =>
      [startSample, endSample].map(
        (at) => (at - (chunks[index]?.chunk.startSample ?? 0)) / SAMPLE_RATE,
      ),
    ),
  );

/** With these answers to what is asked about each chunk, in order. */
const answeredAgain = (
  chunks: readonly Answered[],
  ...seconds: readonly (readonly TranscribeAnswer[])[]
): Answered[] => {
  const doubts = doubtsOf(chunks);
  expect(doubts.map(({ length }) => length)).toEqual(seconds.map(({ length }) => length));
  return chunks.map((one, index) => {
    const more = (doubts[index] ?? []).flatMap((stretch, at) => {
      const second = seconds[index]?.[at];
      return second === undefined ? [] : [{ stretch, answer: second, forLanguage: true }];
    });
    return { ...one, again: [...(one.again ?? []), ...more] };
  });
};

const saidIn = (answered: Answered | undefined) =>
  answered === undefined
    ? []
    : settled(answered).pieces.map(
        ({ start, end, language, text, mayBeInvented }) =>
          `${start?.toFixed(1)}-${end?.toFixed(1)} ${language}${mayBeInvented ? '?' : ''} ${text}`,
      );

const CONGRATULATIONS =
  'Con gratulazioni, hai installato il conseguito con successo il BBX Open Source asterisca.';
const WELCOME = 'Good morning everyone and welcome to the planning meeting for the spring launch.';
const TODAY =
  'Today we need to agree on the launch date, the budget, and the work for the website.';

test('English in the words of Italian is like no language, and is asked again between the pauses', () => {
  const english: Answered = {
    chunk: chunkOf(25.7, [0.2, 4.4], [4.8, 9.7], [10.4, 12.5], [13.3, 15], [15.4, 25.7]),
    first: answer(
      [0, 4.7, 'Buongiorno a tutti e accadentemente a il planing meeting per il Spring launch.'],
      [
        4.7,
        10.3,
        'Todere che vi ho bisogno di creare il launch di la budget e il lavoro per il website.',
      ],
      [10.3, 13.3, 'Tom, stai facendo la budget.'],
      [13.3, 15.4, 'Thank you Anna.'],
      [15.4, 19.9, "Quindi farmo che abbiamo spente 18.000 dollars e mostro di l'ultimo."],
      [19.9, 25.6, CONGRATULATIONS],
    ),
  };
  const asked = [
    [0.2, 4.4],
    [4.8, 9.7],
    [10.4, 15],
    [15.4, 19.9],
    [19.9, 25.7],
  ];
  expect(askedOf([english])).toEqual([asked]);
  const [heard] = answeredAgain(
    [english],
    [
      answer([0, 4, WELCOME]),
      answer([0, 4.8, TODAY]),
      answer([0, 2, 'Ton, please start with the budget.'], [3, 4.5, 'Thank you, Anna.']),
      answer([0, 5, 'So far we have spent $18,000 and most of it went...']),
      answer([0, 5.6, CONGRATULATIONS.replace('hai', 'ha')]),
    ],
  );
  expect(saidIn(heard)).toEqual([
    `0.2-4.2 en ${WELCOME}`,
    `4.8-9.6 en ${TODAY}`,
    '10.4-12.4 en Ton, please start with the budget.',
    '13.4-14.9 en Thank you, Anna.',
    '15.4-19.9 en So far we have spent $18,000 and most of it went...',
    // In the same language, it is heard better with what was said around it.
    `19.9-25.6 it ${CONGRATULATIONS}`,
  ]);
  expect(askedOf(heard === undefined ? [] : [heard])).toEqual([[]]);
});

const NEARLY_ITALIAN: readonly Told[] = [
  [
    0,
    6,
    'Posdravle aim, usa con celeostano ovco i vuol paunigni e programmi ai pizzeri fondi stanzi e a stirisc.',
  ],
  [6, 10, 'Voi także ostano a Vili Naborzi Pavych Zvukov i configurazioni file'],
  [10, 12, 'che a Toro e Pamungo tu amnacece il roboto.'],
];
const ITALIAN =
  'Hai anche installato una serie di suoni di esempio e file di configurazione che ti dovrebbero aiutare ad iniziare.';
const RUSSIAN = 'Вы закончили установку и выполнение программы IP- телефонной станции астериск.';

test('Russian in the letters of Italian is like no language', () => {
  const russian: Answered = {
    chunk: chunkOf(24.6, [0, 18.1], [18.1, 24.5]),
    first: answer(
      ...NEARLY_ITALIAN,
      [
        12,
        18,
        'Congratulazioni, hai installato e deseguito con successo il PBX Open Source a Starisc.',
      ],
      [18, 24, ITALIAN],
    ),
  };
  const [asked] = askedOf([russian]);
  expect(asked?.slice(0, 2)).toEqual([
    [0, 6],
    [6, 12],
  ]);
});

const FRENCH =
  "Comme avec tous centrales téléphoniques, vous n'aviguerait dans cette démonstration en appuyant sur les chiffres.";
const NEARLY_FRENCH =
  "Post-dravLAM, vous raconte chez le Stenofco et vos parmiens niés programent à IP Telephone Instant, c'est Asterisque.";
const SOUNDS = 'Вы также установили на борцеповых звуков и конфигурационных файлов,';

const frenchThenRussian: readonly Answered[] = [
  {
    chunk: chunkOf(23.4, [0, 11.4], [11.5, 23.4]),
    first: answer(
      [0, 5, 'Félicitations, vous avez bien installé et exécuté le projet libre-asterisque.'],
      [
        5,
        11.5,
        'Vous avez aussi installé quelques fichiers audio et les fichiers de configuration qui devraient vous aider à démarrer.',
      ],
      [11.5, 17.3, FRENCH],
      [17.3, 23.3, NEARLY_FRENCH],
    ),
  },
  {
    chunk: chunkOf(6.4, [0, 6.4]),
    first: answer([0, 4.1, SOUNDS], [4.1, 6.3, 'которые помогут вам начать с работу.']),
  },
];

test('where the next chunk is in another language, the sentences at either side are asked again, and then those beside what was in that language', () => {
  expect(askedOf(frenchThenRussian)).toEqual([[[17.3, 23.4]], [[0, 4.1]]]);
  const both = answeredAgain(
    frenchThenRussian,
    [answer([0, 6, RUSSIAN])],
    [answer([0, 4.1, SOUNDS])],
  );
  expect(saidIn(both[0]).slice(-2)).toEqual([`11.5-17.3 fr ${FRENCH}`, `17.3-23.3 ru ${RUSSIAN}`]);
  // The change is now within the first chunk.
  expect(askedOf(both)).toEqual([[[11.5, 17.3]], []]);
  const all = answeredAgain(both, [answer([0, 5.8, FRENCH.replace('tous', 'tout')])], []);
  expect(saidIn(all[0])).toEqual(saidIn(both[0]));
  expect(askedOf(all)).toEqual([[], []]);
});

test('a chunk that nobody answered hides a change, and so does a text that leaves its language open', () => {
  const [french, russian] = frenchThenRussian;
  if (french === undefined || russian === undefined) throw new Error('there are two chunks');
  expect(askedOf([french, null, russian])).toEqual([[], [], []]);
  const short: Answered = { chunk: chunkOf(2, [0, 1]), first: answer([0, 1, 'OK.']) };
  expect(askedOf([french, short, russian])).toEqual([[[17.3, 23.4]], [], [[0, 4.1]]]);
});

test('a second answer in other letters takes the place of all sentences that it says again', () => {
  const chunk = chunkOf(15, [0.2, 4.4], [4.8, 9.7]);
  const first = answer(
    [0, 2, 'Здрасьте, всеми и всем всеми.'],
    [2, 4, 'И welcome to the planning meeting for the spring launch.'],
    [4, 10, TODAY],
  );
  const stretch = {
    startSample: chunk.startSample + 0.2 * SAMPLE_RATE,
    endSample: chunk.startSample + 4.4 * SAMPLE_RATE,
  };
  const again = [{ stretch, answer: answer([0, 4, WELCOME]), forLanguage: true }];
  expect(saidIn({ chunk, first, again })).toEqual([
    `0.2-4.2 en ${WELCOME}`,
    `4.0-10.0 en ${TODAY}`,
  ]);
});

test('ordinary speech, a word over and over, and text without times of its own are not in doubt', () => {
  const chunk = chunkOf(26, [0, 12], [13, 25]);
  const recipe = answer(
    [0, 6, 'One wine glass of sherry lobster fat.'],
    [6, 12, 'Put this in a double boiler and let cook until the lobster is tender.'],
    [13, 19, 'Fortunately, Warner and the detective were keeping Bachelor Holland lodged.'],
    [19, 25, 'Das Meeting mit dem Customer Success Team ist morgen.'],
  );
  const yeah = answer([0, 25, 'Yeah, '.repeat(60)]);
  const untimed: TranscribeAnswer = {
    text: '',
    language: null,
    segments: NEARLY_ITALIAN.map(([start, end, text]) => ({
      start,
      end,
      text,
      isTimeEstimated: true,
    })),
  };
  const { voice: _voice, ...old } = chunk;
  for (const first of [recipe, yeah, untimed]) expect(askedOf([{ chunk, first }])).toEqual([[]]);
  expect(askedOf([{ chunk: old, first: answer(...NEARLY_ITALIAN) }])).toEqual([[]]);
});

test('whatever is answered, nothing is asked twice, and the asking ends', () => {
  const texts = [WELCOME, TODAY, ITALIAN, FRENCH, NEARLY_FRENCH, RUSSIAN, SOUNDS, 'OK.'];
  const text = fc.constantFrom(...texts, ...NEARLY_ITALIAN.map(([, , said]) => said));
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      fc.array(text, { minLength: 1, maxLength: 20 }),
      (chunks, answers) => {
        let answered = chunks.map((said): Answered => ({
          chunk: chunkOf(
            said.length * 5,
            ...said.map((_one, at) => [at * 5, at * 5 + 4.6] as const),
          ),
          first: answer(...said.map((one, at): Told => [at * 5, at * 5 + 4.8, one])),
        }));
        const asked = new Set<string>();
        const nameOf = (index: number, { startSample }: Samples) => `${index}@${startSample}`;
        for (let round = 0; ; round += 1) {
          expect(round).toBeLessThanOrEqual(15);
          const doubts = doubtsOf(answered);
          if (doubts.flat().length === 0) break;
          answered = answered.map((one, index) => {
            const more = (doubts[index] ?? []).map((stretch) => {
              expect(asked).not.toContain(nameOf(index, stretch));
              asked.add(nameOf(index, stretch));
              const said = answers[asked.size % answers.length] ?? '';
              return { stretch, answer: answer([0, 4.5, said]), forLanguage: true };
            });
            return { ...one, again: [...(one.again ?? []), ...more] };
          });
        }
      },
    ),
    { numRuns: 20 },
  );
});
