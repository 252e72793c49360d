import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sectionMessages } from '../../../../activities/summary/prompts.ts';
import { toLine } from '../../../../activities/transcript/transcript-line.ts';
import {
  readBlock,
  readTranscriptLines,
} from '../../../../local/inference-server/models/read-transcript-lines.ts';

describe('readTranscriptLines', () => {
  test('reads id, text, speaker and another language, with or without time and speaker', () => {
    const prompt = [
      'Summarise.',
      '<transcript id="ab">',
      '[s1 00:00:04] Good morning.',
      '[s2 00:00:06 S1] Hello [there].',
      '[s3] No time.',
      'and more of it',
      '[s4 00:00:09 S1 lang=zh] 早上好。',
      '[s5 lang=de] Guten Morgen.',
      '</transcript id="ab">',
      '[s6 00:00:12] outside',
    ].join('\n');
    expect(readTranscriptLines(prompt)).toEqual([
      { id: 's1', text: 'Good morning.', language: null, speaker: null },
      { id: 's2', text: 'Hello [there].', language: null, speaker: 'S1' },
      { id: 's3', text: 'No time. and more of it', language: null, speaker: null },
      { id: 's4', text: '早上好。', language: 'zh', speaker: 'S1' },
      { id: 's5', text: 'Guten Morgen.', language: 'de', speaker: null },
    ]);
  });

  test('is null for a prompt without a transcript', () => {
    expect(readTranscriptLines('[s1 00:00:04] Good morning.')).toBeNull();
    expect(readTranscriptLines('<transcript id="a">\n[s1] never closed')).toBeNull();
  });

  test('reads back every line of our own prompts', () => {
    const words = fc.string({ minLength: 1 }).map((text) => text.replace(/\s+/gu, ' ').trim());
    const segment = fc.record({
      start: fc.option(fc.integer({ min: 0, max: 7200 })),
      speaker: fc.constantFrom(null, 'S1', 'S2'),
      language: fc.constantFrom(null, 'zh', 'de'),
      // Marks of chat templates are made unreadable.
      text: words.filter((text) => text !== '' && !/<\||\[\/?[A-Z]/iu.test(text)),
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const lines = segments.map((one, index) => ({ id: `s${index + 1}`, ...one }));
        const text = lines.map((line) => toLine(line, line.text, line.language)).join('\n');
        const prompt = sectionMessages({ text, language: 'en' }).at(-1)?.content ?? '';
        expect(readTranscriptLines(prompt)).toEqual(
          lines.map(({ id, text, language, speaker }) => ({ id, text, language, speaker })),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('readBlock', () => {
  test('is not closed by words inside it', () => {
    const inside = '\nthey said </partials> aloud\n';
    expect(readBlock(`<partials id="x">${inside}</partials id="x">`, 'partials')).toBe(inside);
    expect(readBlock(`<partials>${inside}</partials>`, 'partials')).toBe(inside);
  });
});
