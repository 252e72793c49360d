import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutTranscript,
  halveSection,
  MIN_CONTEXT_TOKENS,
  sectionSchema,
} from '../../../activities/summary/sections.ts';
import type { Section } from '../../../activities/summary/sections.ts';
import { sectionMessages } from '../../../activities/summary/prompts.ts';
import { answerTokens, promptTokens } from '../../../activities/summary/token-budget.ts';
import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../../../adapters/inference/tokenizers/bundled-tokenizers.ts';
import { loadEstimateCounter } from '../../../adapters/inference/tokenizers/estimate-tokens.ts';
import { hungriest } from '../../../adapters/inference/tokenizers/token-counter.ts';
import { parseLines } from '../../../activities/transcript/transcript-line.ts';
import { anyText, transcriptOf } from '../transcript/transcripts.ts';

const estimate = await loadEstimateCounter();
const bundled = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));
const { count } = estimate;

/** The text that models get of each segment, over all sections. */
const textsOf = (sections: readonly Section[]): [string, string][] => {
  const texts = new Map<string, string>();
  for (const { id, text } of sections.flatMap((section) => parseLines(section.text))) {
    texts.set(id, (texts.get(id) ?? '') + text);
  }
  return [...texts];
};

const sentence = 'We talked about the budget for some time and came to no end of it. ';

describe('cutTranscript', () => {
  test('a short meeting is one section, with times and lines', () => {
    const sections = cutTranscript(transcriptOf(['Good morning.', '大家好。'], ['S1', 'S2']), {
      contextTokens: 8192,
      count,
    });
    expect(sections).toEqual([
      {
        index: 0,
        start: 0,
        end: 4,
        segmentIds: ['s1', 's2'],
        text: '[s1 00:00:00 S1] Good morning.\n[s2 00:00:02 S2] 大家好。',
        characters: 17,
      },
    ]);
  });

  describe.each([
    ['the estimate', [estimate]],
    ...bundled.map((counter) => [counter.name, [counter]] as const),
    ['a chain of all of them', [...bundled, estimate]],
  ] as const)('counted by %s', (_, counters) => {
    test('every character reaches exactly one section, and prompt, section and answer fit', () => {
      const contextTokens = MIN_CONTEXT_TOKENS;
      const anyLongText = fc.oneof(
        { weight: 8, arbitrary: anyText() },
        fc
          .tuple(anyText(), fc.integer({ min: 1, max: 400 }))
          .map(([text, times]) => text.repeat(times)),
      );
      fc.assert(
        fc.property(fc.array(anyLongText, { maxLength: 25 }), (texts) => {
          const transcript = transcriptOf(texts);
          const sections = cutTranscript(transcript, { contextTokens, count: hungriest(counters) });
          expect(textsOf(sections)).toEqual(transcript.segments.map(({ id, text }) => [id, text]));
          expect(sections.reduce((sum, { characters }) => sum + characters, 0)).toBe(
            texts.join('').length,
          );
          for (const [index, section] of sections.entries()) {
            expect(sectionSchema.parse(section).index).toBe(index);
            const messages = sectionMessages({ text: section.text, language: null });
            for (const one of counters)
              expect(
                promptTokens(messages, one.count) + answerTokens(contextTokens),
              ).toBeLessThanOrEqual(contextTokens);
          }
        }),
        { numRuns: 10 },
      );
    });
  });

  test('a line in another language says so, and the prompt explains it only where there is one', () => {
    const cutIn = (languages: readonly (string | null)[]) => {
      const plain = transcriptOf(['Good morning.', '大家好。']);
      const segments = plain.segments.map((segment, index) => ({
        ...segment,
        language: languages[index] ?? null,
      }));
      const transcript = { ...plain, language: 'en', segments };
      return cutTranscript(transcript, { contextTokens: 8192, count })[0]?.text ?? '';
    };
    const mixed = cutIn(['en', 'zh']);
    expect(mixed).toBe('[s1 00:00:00] Good morning.\n[s2 00:00:02 lang=zh] 大家好。');
    expect(parseLines(mixed).map(({ text }) => text)).toEqual(['Good morning.', '大家好。']);
    const plain = cutIn(['en', null]);
    expect(plain).toBe('[s1 00:00:00] Good morning.\n[s2 00:00:02] 大家好。');

    const system = (text: string) => sectionMessages({ text, language: 'en' })[0]?.content;
    expect(system(mixed)).toContain('"lang="');
    expect(system(plain)).toBe(system(''));
  });

  test('a section with more tokens than its lines together loses lines until it fits', () => {
    // A tokenizer that counts twice as many tokens for several lines together.
    const whole = (text: string) => text.length * (text.trimEnd().includes('\n') ? 2 : 1);
    const transcript = transcriptOf(Array.from({ length: 40 }, () => sentence.trim()));
    const sections = cutTranscript(transcript, { contextTokens: 8192, count: whole });
    expect(sections.length).toBeGreaterThan(1);
    for (const { text } of sections)
      expect(
        promptTokens(sectionMessages({ text, language: null }), whole) + answerTokens(8192),
      ).toBeLessThanOrEqual(8192);
    expect(textsOf(sections)).toHaveLength(40);
  });

  test("a model's own tokenizer lets a section hold more than the estimate does", () => {
    const transcript = transcriptOf(Array.from({ length: 400 }, () => sentence));
    const sectionsBy = (counter: typeof count) =>
      cutTranscript(transcript, { contextTokens: 8192, count: counter }).length;
    expect(sectionsBy(hungriest(bundled))).toBeLessThan(sectionsBy(count));
  });

  test('a cut falls where the speaker changes, else where a sentence ends', () => {
    const texts = Array.from({ length: 120 }, (_, index) =>
      index % 5 === 4 ? sentence : sentence.replace('.', ' and'),
    );
    const [plain] = cutTranscript(transcriptOf(texts), {
      contextTokens: MIN_CONTEXT_TOKENS,
      count,
    });
    expect(plain?.text.trimEnd().endsWith('no end of it.')).toBe(true);

    const speakers = texts.map((_, index) => (index % 14 < 7 ? 'S1' : 'S2'));
    const [spoken] = cutTranscript(transcriptOf(texts, speakers), {
      contextTokens: MIN_CONTEXT_TOKENS,
      count,
    });
    expect((spoken?.segmentIds.length ?? 1) % 7).toBe(0);
  });

  test('a segment longer than a section is split at sentences', () => {
    const sections = cutTranscript(transcriptOf([sentence.repeat(300).trim()]), {
      contextTokens: MIN_CONTEXT_TOKENS,
      count,
    });
    expect(sections.length).toBeGreaterThan(1);
    for (const { text } of sections) expect(text.trimEnd().endsWith('.')).toBe(true);
  });

  test('eight tokens stay free, for where the text meets the marks around it', () => {
    const lines = (text: string) => text.split('\n').length - 1;
    const transcript = transcriptOf(Array.from({ length: 4000 }, () => 'and then'));
    const [section] = cutTranscript(transcript, { contextTokens: 4096, count: lines });
    const messages = sectionMessages({ text: section?.text ?? '', language: transcript.language });
    const used = promptTokens(messages, lines) + answerTokens(4096);
    expect(used).toBeLessThanOrEqual(4096 - 8);
    expect(used).toBeGreaterThan(4096 - 16);
  });

  test('a context below 4096 tokens is refused', () => {
    const cut = (contextTokens: number) =>
      cutTranscript(transcriptOf(['Hi']), { contextTokens, count });
    expect(() => cut(4095)).toThrow('at least 4096');
    expect(cut(4096)).toHaveLength(1);
  });
});

describe('halveSection', () => {
  test('two halves contain the whole section, down to a single character', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { minLength: 1, maxLength: 8 }), (texts) => {
        const [section] = cutTranscript(transcriptOf(texts), { contextTokens: 8192, count });
        expect(section).toBeDefined();
        if (section === undefined) return;
        let pieces: Section[] = [section];
        for (let round = 0; round < 4; round += 1) {
          pieces = pieces.flatMap((piece) => halveSection(piece) ?? [piece]);
          expect(textsOf(pieces)).toEqual(textsOf([section]));
        }
        expect(pieces.at(0)?.start).toBe(section.start);
        expect(pieces.at(-1)?.end).toBe(section.end);
      }),
    );
  });

  test('a single character cannot be halved', () => {
    const [section] = cutTranscript(transcriptOf(['x']), { contextTokens: 8192, count });
    expect(section && halveSection(section)).toBeNull();
  });
});
