import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignSpeakers, type SpokenText } from '../../../activities/speakers/assign-speakers.ts';
import { anyText } from '../transcript/transcripts.ts';

const text = (start: number, end: number, words: string): SpokenText => ({
  start,
  end,
  text: words,
  language: 'en',
});
const turn = (speaker: string, start: number, end: number) => ({ speaker, start, end });
const told = (texts: readonly SpokenText[], turns: ReturnType<typeof turn>[]) =>
  assignSpeakers(texts, turns).map((each) => [each.speaker, each.start, each.end, each.text]);

describe('assignSpeakers', () => {
  test('a text is its speaker’s', () => {
    const texts = [text(0, 4, 'Good morning.'), text(4, 9, 'Hello, all of you.')];
    expect(told(texts, [turn('A', 0.3, 3.8), turn('B', 4.1, 9)])).toEqual([
      ['A', 0, 4, 'Good morning.'],
      ['B', 4, 9, 'Hello, all of you.'],
    ]);
  });

  test('of two who speak at once, it is who speaks longer', () => {
    const turns = [turn('A', 0, 10), turn('B', 2, 3)];
    expect(told([text(0, 5, 'I disagree with that.')], turns)[0]?.[0]).toBe('A');
    expect(told([text(2, 3, 'Yes.')], [turn('B', 0, 2.4), turn('A', 2.4, 9)])[0]?.[0]).toBe('A');
  });

  test('a text between two turns is that of the nearer speaker, a second away at most', () => {
    const turns = [turn('A', 0, 1), turn('B', 10, 12)];
    expect(told([text(1.5, 2, 'Yes.')], turns)[0]?.[0]).toBe('A');
    expect(told([text(9, 9.2, 'Yes.')], turns)[0]?.[0]).toBe('B');
    expect(told([text(5, 6, 'Yes.')], turns)[0]?.[0]).toBeNull();
  });

  test('a text is split between the sentences of two speakers, at a time by its length', () => {
    const both = text(0, 10, 'Who sends the plan? I will send it.');
    expect(told([both], [turn('A', 0, 5.6), turn('B', 5.8, 10)])).toEqual([
      ['A', 0, expect.closeTo(5.714, 3), 'Who sends the plan?'],
      ['B', expect.closeTo(5.714, 3), 10, 'I will send it.'],
    ]);
  });

  test('a text in Chinese is split between its sentences, too', () => {
    const both = { ...text(0, 8, '谁发预算？我周五之前发。'), language: 'zh' };
    expect(told([both], [turn('A', 0, 3.3), turn('B', 3.4, 8)]).map(([who]) => who)).toEqual([
      'A',
      'B',
    ]);
  });

  test('words with times are split in mid-sentence', () => {
    const words = [
      { start: 0, end: 0.4, text: 'And' },
      { start: 0.4, end: 1, text: ' then' },
      { start: 1.2, end: 1.9, text: ' no' },
      { start: 1.9, end: 2.5, text: ' wait' },
    ];
    const spoken = { ...text(0, 3, 'And then no wait'), words };
    expect(told([spoken], [turn('A', 0, 1.1), turn('B', 1.1, 3)])).toEqual([
      ['A', 0, 1, 'And then'],
      ['B', 1.2, 3, 'no wait'],
    ]);
  });

  test('words that are not those of the text are not used', () => {
    const words = [{ start: 0, end: 3, text: 'Something else' }];
    expect(told([{ ...text(0, 3, 'And then'), words }], [turn('A', 0, 3)])).toEqual([
      ['A', 0, 3, 'And then'],
    ]);
  });

  test('without turns nobody speaks, and nothing is split', () => {
    expect(told([text(0, 10, 'One. Two.')], [])).toEqual([[null, 0, 10, 'One. Two.']]);
  });

  test('no character but white space is lost or doubled, and the order stays', () => {
    const turns = fc.array(
      fc
        .tuple(fc.constantFrom('A', 'B', 'C'), fc.double({ min: 0, max: 60, noNaN: true }))
        .chain(([speaker, start]) =>
          fc
            .double({ min: 0, max: 20, noNaN: true })
            .map((length) => turn(speaker, start, start + length)),
        ),
      { maxLength: 20 },
    );
    const texts = fc.array(
      fc.tuple(anyText(), fc.double({ min: 0, max: 15, noNaN: true }), fc.boolean()),
      { maxLength: 6 },
    );
    const folded = (all: readonly { readonly text: string }[]) =>
      all.map((each) => each.text.replace(/\s+/gu, '')).join('');
    fc.assert(
      fc.property(texts, turns, (drawn, whoSpeaks) => {
        let clock = 0;
        const spoken = drawn.map(([words, length, isTimed]) => {
          const start = clock;
          clock += length;
          const each = Array.from(words);
          const timed = each.map((character, index) => ({
            text: character,
            start: start + (length * index) / each.length,
            end: start + (length * (index + 1)) / each.length,
          }));
          return { ...text(start, clock, words), ...(isTimed && { words: timed }) };
        });
        const assigned = assignSpeakers(spoken, whoSpeaks);
        expect(folded(assigned)).toBe(folded(spoken));
        for (const [index, { start, end, text: words }] of assigned.entries()) {
          expect(end).toBeGreaterThanOrEqual(start);
          expect(start).toBeGreaterThanOrEqual(assigned[index - 1]?.start ?? 0);
          expect(assigned.length === spoken.length || words.trim() !== '').toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
