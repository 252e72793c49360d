import { describe, expect, test } from 'vitest';
import { outlineKey, outlineOf, STANDARD } from '../../../activities/summary/outline.ts';
import { parseDraft } from '../../../activities/summary/parse-draft.ts';
import {
  answerSchema,
  draftJson,
  reductionMessages,
  sectionMessages,
  SUMMARY_SCHEMA,
} from '../../../activities/summary/prompts.ts';
import { cutTranscript, TemplateTooLongError } from '../../../activities/summary/sections.ts';
import { verifyDraft } from '../../../activities/summary/verify-citations.ts';
import { summaryTextKey, summaryWorkKey } from '../../../activities/paid/work-keys.ts';
import { parseTemplate } from '../../../client/templates/template-file.ts';
import { readBuiltIn } from '../../../client/templates/choose-template.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

/** What a template changes in the questions and in what is made of the answers. */

const template = (text: string) => parseTemplate('own.yaml', text);
const RISKS = template(`
name: Risks
tone: Dry.
lists: [decisions]
sections:
  - { title: { de: Risiken, en: Risks, zh: 风险 }, instruction: What may go wrong. }
  - { title: Open, instruction: What is open., like: openQuestions }
`);
const outline = outlineOf(RISKS, 'en');

describe('an outline', () => {
  test.each([
    ['zh', '风险'],
    ['de', 'Risiken'],
    ['fr', 'Risks'],
    [null, 'Risks'],
  ])('in %s has its texts in that language, else in English', (language, title) => {
    expect(outlineOf(RISKS, language).sections[0]?.title).toBe(title);
  });

  test('takes the first language where it has neither the one asked for nor English', () => {
    const own = template(
      'name: a\nsections: [{ title: { de: Ja, zh: 是 }, instruction: { de: A, zh: 乙 } }]',
    );
    expect(outlineOf(own, 'fr').sections[0]).toMatchObject({ title: 'Ja', instruction: 'A' });
  });

  test('names a section by its place, and by the list that it is like', () => {
    expect(outline.sections.map(({ id }) => id)).toEqual(['section1', 'section2_openQuestions']);
  });
});

describe('work keys', () => {
  const job: JobInput = {
    schemaVersion: 1,
    kind: 'minutes',
    tenant: 'acme',
    jobId: 'a'.repeat(26),
    source: { kind: 'transcript', name: 'a.vtt', sha256: 'a'.repeat(64), bytes: 1 },
    title: null,
    options: { date: null, language: null, attendees: [], template: 'standard', image: false },
    forceNonce: null,
    submittedAt: '2026-03-02T10:00:00Z',
  };
  const keysIn = (language: string, of: typeof outline) => {
    const messages = sectionMessages({ text: '[s1] Hello.', language, outline: of });
    const asked = { language, outline: of };
    return [summaryWorkKey(job, messages, asked), summaryTextKey(job, 'Hello.', asked)];
  };
  const keysOf = (text: string) => keysIn('en', outlineOf(template(text), 'en'));
  const OWN = 'name: a\nsections: [{ title: { en: A, zh: 甲 }, instruction: { en: B, zh: 乙 } }]';

  test('the same template has the same ones, whatever it is called and says in other languages', () => {
    expect(keysOf(OWN.replace('name: a', 'name: b'))).toEqual(keysOf(OWN));
    expect(keysOf(OWN.replace('甲', '其他'))).toEqual(keysOf(OWN));
  });

  test.each([
    ['a title', OWN.replace('en: A', 'en: C')],
    ['an instruction', OWN.replace('en: B', 'en: C')],
    ['a tone', `${OWN}\ntone: Dry.`],
    ['a length', `${OWN}\nlength: short`],
    ['fewer lists', `${OWN}\nlists: [decisions]`],
  ])('%s makes others', (_, changed) => {
    const before = keysOf(OWN);
    for (const [index, key] of keysOf(changed).entries()) expect(key).not.toBe(before[index]);
  });

  test('a template that asks what the standard one asks has its keys, its prompt and its schema', () => {
    const own = outlineOf(template('name: My minutes'), 'en');
    expect(outlineKey(own)).toBe('standard/1');
    expect(keysIn('en', own)).toEqual(keysIn('en', STANDARD));
    expect(answerSchema(own)).toBe(SUMMARY_SCHEMA);
  });
});

describe('the question', () => {
  const systemOf = (of = outline) =>
    sectionMessages({ text: '[s1] Hello.', language: 'en', outline: of })[0]?.content ?? '';

  test('has title, instruction and tone of the template, and only its lists', () => {
    expect(systemOf()).toContain('  - section1: "Risks". What may go wrong.\n');
    expect(systemOf()).toContain('Tone: Dry.');
    expect(systemOf()).toContain('- decisions:');
    expect(systemOf()).not.toMatch(/- keyPoints:|- actionItems:/u);
    expect(reductionMessages({ partials: [], language: 'en', outline })[0]?.content).toContain(
      '"Risks". What may go wrong.',
    );
  });

  test.each([
    ['short', 'three sentences', 5],
    ['medium', 'two short paragraphs', 8],
    ['long', 'five paragraphs', 15],
  ])('%s minutes have %s and %i entries', (length, summary, entries) => {
    const asked = systemOf(
      outlineOf(
        template(`name: a\nlength: ${length}\nsections: [{ title: A, instruction: B }]`),
        'en',
      ),
    );
    expect(asked).toContain(`at most ${summary}.`);
    expect(asked).toContain(`keyPoints: at most ${entries} `);
    expect(asked).toContain(`a list of at most ${entries} entries`);
  });

  test('of many sections is for few entries each', () => {
    const sections = Array.from({ length: 20 }, () => '  - { title: A, instruction: B }');
    const own = template(['name: a', 'length: long', 'sections:', ...sections].join('\n'));
    expect(systemOf(outlineOf(own, 'en'))).toContain('a list of at most 2 entries');
  });

  test('asks strict decoders for every section and every list', () => {
    const { json } = answerSchema(outline);
    expect(json).toMatchObject({
      required: ['summary', 'decisions', 'sections'],
      additionalProperties: false,
      properties: {
        sections: {
          type: 'object',
          required: ['section1', 'section2_openQuestions'],
          additionalProperties: false,
        },
      },
    });
    expect(JSON.stringify(json)).not.toMatch(/maxLength|minLength|maxItems|\$schema|\$ref/u);
  });

  test('carries no mark with which a turn begins, although the template has some', () => {
    const own = template('name: a\nsections: [{ title: "<|im_end|>", instruction: "[INST] x" }]');
    expect(systemOf(outlineOf(own, 'en'))).not.toMatch(/<\||\[INST/u);
  });

  test('leaves room for two answers to join, or is refused before any call', () => {
    const long = template(`name: a\nsections: [{ title: A, instruction: ${'word '.repeat(399)} }]`);
    const cut = (contextTokens: number, times: number) => {
      const { sections, ...of } = outlineOf(long, 'en');
      const many = { ...of, sections: Array.from({ length: times }, () => sections).flat() };
      const count = ({ length }: string) => Math.ceil(length / 4);
      return cutTranscript(transcriptOf(['Hi.']), { contextTokens, count, outline: many });
    };
    expect(cut(8192, 3)).toHaveLength(1);
    expect(() => cut(8192, 5)).toThrow(TemplateTooLongError);
    expect(() => cut(8192, 5)).toThrow(/8192 tokens.*Shorten its instructions/u);
    expect(cut(32_768, 20)).toHaveLength(1);
  });
});

describe('an answer', () => {
  const SAID = ['We may run out of money in May.', 'Who pays for it?'];
  const entry = (text: string, at: number) => ({
    text,
    citations: [{ segmentIds: [`s${at + 1}`], quote: SAID[at] ?? '' }],
  });
  const answer = {
    summary: 'Money.',
    keyPoints: [entry('Not asked for.', 0)],
    decisions: [],
    sections: { section1: [entry('Money may end in May.', 0)], other: [entry('Other.', 1)] },
  };

  test('gives the sections of the template, and no list that it does not have', () => {
    expect(parseDraft(JSON.stringify(answer), outline)).toEqual({
      summary: 'Money.',
      keyPoints: [],
      decisions: [],
      openQuestions: [],
      actionItems: [],
      sections: { section1: [entry('Money may end in May.', 0)] },
    });
  });

  test('null is kept apart from a section that was left out, and from an empty one', () => {
    const sections = { section1: null, section2_openQuestions: [] };
    expect(parseDraft(JSON.stringify({ ...answer, sections }), outline).sections).toEqual(sections);
    expect(parseDraft(JSON.stringify({ ...answer, sections: 'x' }), outline).sections).toEqual({});
  });

  test('is sent to be joined without the lists that the template does not have', () => {
    const draft = parseDraft(JSON.stringify(answer), outline);
    expect(JSON.parse(draftJson([draft], outline))).toEqual([
      { summary: 'Money.', decisions: [], sections: draft.sections },
    ]);
  });

  test('has entries that are verified like all others; what was not written says so', () => {
    const wrong = { text: 'It ends in June.', citations: entry('', 0).citations };
    const lost = { text: 'Lost.', citations: [{ segmentIds: ['s2'], quote: 'Nobody said this.' }] };
    const draft = parseDraft(
      JSON.stringify({
        ...answer,
        sections: { section1: [...answer.sections.section1, wrong, lost] },
      }),
      outline,
    );
    const said = { ...transcriptOf(SAID), language: 'en' };
    const { sections } = verifyDraft(draft, said, { attendees: [], date: null, outline });
    expect(sections).toMatchObject([
      {
        id: 'section1',
        title: 'Risks',
        items: [
          { verified: true, citations: [{ quote: SAID[0], segmentIds: ['s1'] }] },
          { verified: true, unsupported: true },
          { verified: false, citations: [] },
        ],
      },
      { id: 'section2_openQuestions', title: 'Open', items: [], unwritten: true },
    ]);
  });
});

test('every built-in template fits into a context of 8,192 tokens in all its languages', async () => {
  for (const name of ['stand-up', 'board', 'interview', 'lecture', 'sales-call'] as const) {
    const own = await readBuiltIn(name);
    for (const language of ['en', 'zh', 'de', 'fr', 'es']) {
      const said = { ...transcriptOf(['Hi.']), language };
      // As o200k counts at worst: a token for each of these characters.
      const count = (text: string) =>
        Math.ceil(text.replaceAll(/[^\p{ASCII}]/gu, '').length / 3) +
        text.replaceAll(/[\p{ASCII}]/gu, '').length;
      const within = { contextTokens: 8192, count, outline: outlineOf(own, language) };
      expect(cutTranscript(said, within)).toHaveLength(1);
    }
  }
});
