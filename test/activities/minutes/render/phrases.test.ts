import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import { phrasesFor } from '../../../../activities/minutes/render/phrases.ts';
import { renderMarkdown } from '../../../../activities/minutes/render/markdown.ts';
import { reasonInWords } from '../../../../activities/minutes/render/shortcomings.ts';
import { FAILURES } from '../../../../workflows/contracts/failures.ts';
import { VERDICT_KINDS } from '../../../../workflows/contracts/verdicts.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

const LANGUAGES = ['en', 'zh', 'de', 'fr', 'es'];

describe.each(LANGUAGES)('the phrases of %s', (language) => {
  const phrases = phrasesFor(language);

  test('are its own', () => {
    expect(phrases.language).toBe(language);
    expect(phrasesFor(`${language}-XX`)).toBe(phrases);
  });

  test('contain the date of an earlier answer', () => {
    const words = reasonInWords('earlier_prompt; 2026-03-01', phrases);
    expect(words).toMatch(/ \(2026-03-01\)$/);
    expect(words).not.toContain('earlier_prompt');
  });

  test('have words for every verdict and every failure', () => {
    for (const reason of [...VERDICT_KINDS, ...Object.values(FAILURES)]) {
      const words = reasonInWords(`mixtral: ${reason}`, phrases);
      expect(words).toMatch(/^mixtral ?[:：]/);
      expect(words).not.toContain(reason);
      expect(reasonInWords(`no target: ${reason}; the picture is held`, phrases)).not.toMatch(
        /no target|;/,
      );
    }
  });

  test('have words for the name of an error', () => {
    expect(reasonInWords('ZodError', phrases)).toBe(phrases.reasons.error);
    expect(reasonInWords('ObjectStoreUnreachableError', phrases)).toBe(phrases.reasons.failed);
    expect(reasonInWords('TimeoutFailure', phrases)).toBe(phrases.reasons.failed);
  });

  test('leave an unknown reason unchanged', () => {
    expect(reasonInWords('toString', phrases)).toBe('toString');
    expect(reasonInWords('half past: the moon', phrases)).toBe('half past: the moon');
  });
});

test.each([
  ['en', '- **Coverage**: 100 % of 2 min 03 s of audio (speech 1 min 50 s, silence 13 s)'],
  ['zh', '- **覆盖范围**：音频 2分03秒，已覆盖 100%（语音 1分50秒，静音 13秒）'],
  ['de', '- **Abdeckung**: 100 % von 2 min 03 s Ton (Sprache 1 min 50 s, Stille 13 s)'],
  ['fr', '- **Couverture** : 100 % de 2 min 03 s de son (parole 1 min 50 s, silence 13 s)'],
  ['es', '- **Cobertura**: 100 % de 2 min 03 s de audio (habla 1 min 50 s, silencio 13 s)'],
])('minutes in %s print their coverage', (language, expected) => {
  const document = minutesDocument({ ...sampleMinutes, language }, sampleTranscript, {
    picture: false,
  });
  expect(renderMarkdown(document, null)).toContain(`\n${expected}\n`);
});

test.each([
  ['en', 'Attendees: Anna, 王芳'],
  ['zh', '与会者：Anna、王芳'],
  ['de', 'Teilnehmende: Anna, 王芳'],
  ['fr', 'Participants : Anna, 王芳'],
  ['es', 'Asistentes: Anna, 王芳'],
])('minutes in %s name who attended under their facts', (language, expected) => {
  const minutes = { ...sampleMinutes, language, attendees: ['Anna', '王芳'] };
  const document = minutesDocument(minutes, sampleTranscript, { picture: false });
  expect(renderMarkdown(document, null).split('\n\n')[3]).toBe(expected);
});

test.each([
  [
    'en',
    'Summary by extractive-v1: sentences picked by rules, no language model (1 item)',
    'English, Korean',
    'Speakers: Anna (5 s), Tom (3 s)',
    'Not found in the transcript',
  ],
  [
    'zh',
    '摘要：extractive-v1，按规则摘选原句，未使用语言模型（1 项）',
    '英语、韩语',
    '说话人：Anna（5秒）、Tom（3秒）',
    '未在逐字记录中找到',
  ],
  [
    'de',
    'Zusammenfassung von extractive-v1: Sätze nach Regeln ausgewählt, ohne Sprachmodell (1 Stück)',
    'Englisch, Koreanisch',
    'Sprecher: Anna (5 s), Tom (3 s)',
    'Im Wortlaut nicht gefunden',
  ],
  [
    'fr',
    'Résumé par extractive-v1 : phrases choisies par des règles, sans modèle de langue (1 élément)',
    'anglais, coréen',
    'Intervenants : Anna (5 s), Tom (3 s)',
    'Introuvable dans la transcription',
  ],
  [
    'es',
    'Resumen por extractive-v1: frases elegidas por reglas, sin modelo de lenguaje (1 elemento)',
    'inglés, coreano',
    'Hablantes: Anna (5 s), Tom (3 s)',
    'No encontrado en la transcripción',
  ],
])(
  'minutes in %s write their engines, their lists and what is not verified in its words',
  (language, engine, languages, names, notFound) => {
    const speakers = [
      { id: 'S1', name: 'Anna', seconds: 5 },
      { id: 'S2', name: 'Tom', seconds: 3 },
    ];
    const minutes = { ...sampleMinutes, language, languages: ['en', 'ko'], speakers };
    const document = minutesDocument(minutes, sampleTranscript, { picture: false });
    const lines = renderMarkdown(document, null).split('\n');
    expect(lines.find((line) => line.includes('extractive-v1'))).toContain(engine);
    expect(document.facts).toContain(languages);
    expect(lines).toContain(names);
    expect(lines).toContain(`### ${notFound}`);
  },
);

test('Chinese lists have their own marks', () => {
  expect(phrasesFor('zh').list(['李娜', 'Smith, John', '王芳'])).toBe('李娜、Smith, John、王芳');
  expect(phrasesFor('zh').list(['李、王', '陈'])).toBe('李、王；陈');
});

test('names with commas are separated by semicolons, and without names there is no line', () => {
  const blocksWith = (attendees?: string[]) =>
    minutesDocument({ ...sampleMinutes, ...(attendees && { attendees }) }, sampleTranscript, {
      picture: false,
    }).blocks;
  expect(blocksWith(['Smith, John', 'Lee,\u202E Ann'])[0]).toMatchObject({
    kind: 'paragraph',
    text: 'Attendees: Smith, John; Lee, Ann',
  });
  expect(blocksWith()[0]).toMatchObject({ kind: 'heading', id: 'summary' });
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [3723, '1 h 02 min 03 s'],
  [7200, '2 h 00 min 00 s'],
])('%d seconds are %s', (seconds, expected) => {
  expect(phrasesFor('en').duration(seconds)).toBe(expected);
});

test.each([
  [
    'en',
    '**Complete** · 100 % of 2 min 03 s heard · sentences picked by rules · 3 of 5 statements verified',
  ],
  ['zh', '**完整**；已听取 2分03秒的 100%；按规则摘选原句；5 条陈述中 3 条已核实'],
  [
    'de',
    '**Vollständig** · 100 % von 2 min 03 s gehört · Sätze nach Regeln ausgewählt · 3 von 5 Aussagen belegt',
  ],
  [
    'fr',
    '**Complet** · 100 % de 2 min 03 s entendus · phrases choisies par des règles · 3 énoncés vérifiés sur 5',
  ],
  [
    'es',
    '**Completa** · 100 % de 2 min 03 s oído · frases elegidas por reglas · 3 de 5 afirmaciones verificadas',
  ],
])('minutes in %s say at a glance what they are', (language, expected) => {
  const document = minutesDocument({ ...sampleMinutes, language }, sampleTranscript, {
    picture: false,
  });
  expect(renderMarkdown(document, null).split('\n\n')[2]).toBe(expected);
});

test('partial minutes name the models that wrote them and what was not heard', () => {
  const wrote = {
    target: 'mixtral',
    model: 'mistralai/Mixtral-8x7B',
    provider: null,
    items: 1,
    label: null,
  };
  const partial = {
    ...sampleMinutes,
    status: 'partial' as const,
    engines: {
      ...sampleMinutes.engines,
      summarize: [wrote, { ...wrote, target: 'spare', model: 'qwen' }],
    },
    coverage: {
      ...sampleMinutes.coverage,
      transcribedSeconds: 110.19,
      gaps: [{ start: 61, end: 61.01, reason: 'BadRequest' }],
    },
  };
  expect(minutesDocument(partial, sampleTranscript, { picture: false }).glance).toEqual({
    isComplete: false,
    status: 'Partial',
    running: 'Partial',
    facts: [
      '99.9 % of 2 min 03 s heard',
      'written by Mixtral-8x7B, qwen',
      '3 of 5 statements verified',
    ],
  });
  const bare = { ...partial, engines: { ...partial.engines, summarize: [] } };
  expect(minutesDocument(bare, sampleTranscript, { picture: false }).glance.facts[1]).toBe(
    'no summary',
  );
});

test.each([
  ['en', '778 bytes', '12.3 kB', '1.8 MB'],
  ['zh', '778字节', '12.3 kB', '1.8 MB'],
  ['de', '778 Byte', '12,3 kB', '1,8 MB'],
  ['fr', '778 octets', '12,3 ko', '1,8 Mo'],
  ['es', '778 bytes', '12,3 kB', '1,8 MB'],
])('in %s sizes are in bytes, kB or MB', (language, ...sizes) => {
  const { size } = phrasesFor(language);
  expect([778, 12_345, 1_843_200].map(size).map((text) => text.replaceAll(/\s/g, ' '))).toEqual(
    sizes,
  );
});

test('Chinese minutes name their file with Chinese marks', () => {
  expect(phrasesFor('zh').file('会议.txt', '778字节')).toBe('会议.txt，778字节');
});

test('what we say of the local targets is in the language of the reader', () => {
  const labels = Object.values(phrasesFor('en').labels);
  const configured = readFileSync(
    new URL('../../../../local/hansard.yaml', import.meta.url),
    'utf8',
  );
  for (const label of labels) expect(configured).toContain(`: ${label}'`);
  const engine = { model: 'm', provider: null, items: 1 };
  const engines = {
    ...sampleMinutes.engines,
    illustrate: [{ ...engine, target: 'procedural-v1', label: `procedural-v1: ${labels[2]}` }],
    moderate: [{ ...engine, target: 'nsfwjs', label: 'NSFWJS on this machine' }],
    transcribe: [{ ...engine, target: 'own', label: 'our own words' }],
  };
  const document = minutesDocument(
    { ...sampleMinutes, engines, language: 'zh' },
    sampleTranscript,
    {
      picture: false,
    },
  );
  const markdown = renderMarkdown(document, null);
  expect(markdown).toContain('procedural-v1，按提示词以规则绘制，未使用模型');
  expect(markdown).toContain('nsfwjs，本机上的 NSFWJS');
  expect(markdown).toContain('own，our own words');
});

test('where a transcript has no times, the sources are called so', () => {
  const segments = sampleTranscript.segments.map((one) => ({ ...one, start: null, end: null }));
  const headOf = (transcript: typeof sampleTranscript) =>
    minutesDocument(sampleMinutes, transcript, { picture: false }).blocks.flatMap((block) =>
      block.kind === 'table' ? block.head.slice(-1) : [],
    )[0];
  expect(headOf(sampleTranscript)).toBe('Said at');
  expect(headOf({ ...sampleTranscript, segments })).toBe('Source');
});
