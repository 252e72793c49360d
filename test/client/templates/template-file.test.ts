import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidOptionError } from '../../../client/config.ts';
import { BUILT_IN } from '../../../client/templates/built-in-names.ts';
import { chooseTemplate, readBuiltIn } from '../../../client/templates/choose-template.ts';
import { parseTemplate } from '../../../client/templates/template-file.ts';

const parse = (text: string) => parseTemplate('weekly.yaml', text);

test('a template has a name; what it leaves out is as in the standard minutes', () => {
  expect(parse('name: Weekly')).toEqual({
    schemaVersion: 1,
    name: 'Weekly',
    length: 'medium',
    lists: ['keyPoints', 'decisions', 'openQuestions', 'actionItems'],
    sections: [],
  });
});

test('texts stand for every language or for each, on one line, and lists in the order of the minutes', () => {
  const text = `
name: "  Weekly   review "
tone: Plain, and friendly.
length: short
lists: [actionItems, decisions]
sections:
  - title: { en: Risks, zh: 风险 }
    instruction:
      en: |
        What may go wrong,
        and what then.
      zh: 可能出什么问题。
    like: openQuestions
  - title: 2026
    instruction: &same What was said of 2026.
  - { title: Again, instruction: *same }
`.replace('title: 2026', 'title: "2026"');
  expect(parse(text)).toEqual({
    schemaVersion: 1,
    name: 'Weekly review',
    tone: 'Plain, and friendly.',
    length: 'short',
    lists: ['decisions', 'actionItems'],
    sections: [
      {
        title: { en: 'Risks', zh: '风险' },
        instruction: { en: 'What may go wrong, and what then.', zh: '可能出什么问题。' },
        like: 'openQuestions',
      },
      { title: '2026', instruction: 'What was said of 2026.' },
      { title: 'Again', instruction: 'What was said of 2026.' },
    ],
  });
});

const SECTIONS = 'name: a\nsections:\n';
const bomb = Array.from({ length: 8 }, (_, level) =>
  level === 0
    ? 'a0: &a0 [x, x]'
    : `a${level}: &a${level} [${Array<string>(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
).join('\n');
test.each([
  [
    'a misspelt key',
    `${SECTIONS}  - titel: A\n    instruction: B`,
    /line 3: sections\[0\]: titel is not known here. Known: title, instruction, like/,
  ],
  [
    'a missing instruction',
    `${SECTIONS}  - title: A\n  - title: B\n    instruction: C`,
    /line 3: sections\[0\]\.instruction: must be a text of 1 to 2000/,
  ],
  [
    'a long instruction',
    `${SECTIONS}  - title: A\n    instruction: ${'a'.repeat(2001)}`,
    /line 4: sections\[0\]\.instruction: must have 2000 characters at most/,
  ],
  [
    'a number for a title',
    `${SECTIONS}  - title: 5\n    instruction: B`,
    /line 3: sections\[0\]\.title: must be a text of 1 to 120/,
  ],
  [
    'a language by its name',
    `${SECTIONS}  - title: { English: A }\n    instruction: B`,
    /line 3: sections\[0\]\.title: .*by codes such as en and zh/,
  ],
  [
    'no text in any language',
    `${SECTIONS}  - title: {}\n    instruction: B`,
    /line 3: sections\[0\]\.title/,
  ],
  [
    'an unknown list',
    'name: a\nlists: [decisions, tasks]',
    /line 2: lists\[1\]: must be keyPoints or decisions or openQuestions or actionItems/,
  ],
  [
    'an unknown length',
    'name: a\n\nlength: huge',
    /line 3: length: must be short or medium or long/,
  ],
  ['a name that shows nothing', 'name: "\\0 \\t"', /line 1: name: must not be empty/],
  ['no name', 'length: short', /line 1: name: is missing/],
  ['a list of templates', '- name: a', /line 1: the file: must be a map of fields/],
  ['nothing at all', '', /line 1: the file: has no value/],
  [
    'too many sections',
    `${SECTIONS}${'  - { title: A, instruction: B }\n'.repeat(21)}`,
    /line 2: sections: must have 20 entries at most/,
  ],
  ['no YAML', 'name: a\nlength: [short', /weekly\.yaml: line 2, column 15 is not YAML/],
  ['a key given twice', 'name: a\nname: b', /line 2, column 1 is not YAML \(duplicate key\)/],
  ['two documents', 'name: a\n---\nname: b', /is not YAML \(multiple docs\)/],
  ['aliases that multiply', `name: a\n${bomb}`, /its aliases cannot be resolved/],
  [
    'aliases that make a small file large',
    `name: a\nsections:\n  - { title: A, instruction: &long { ${Array.from('abcdefghijklmnopqrst', (one) => `a${one}: "${'字'.repeat(1000)}"`).join(', ')} } }\n  - { title: A, instruction: *long }`,
    /more than 64 KiB/,
  ],
])('%s is refused with its place', (_, text, message) => {
  expect(() => parse(text)).toThrow(InvalidOptionError);
  expect(() => parse(text)).toThrow(message);
});

test('a name of a prototype is no field', () => {
  expect(() => parse('name: a\n__proto__: { lists: [] }')).toThrow(
    /line 2: the file: __proto__ is not known/,
  );
});

test('every fault of a file is told', () => {
  expect(() => parse('nmae: a\nlength: huge')).toThrow(
    /line 1: name.*\n.*line 2: length.*\n.*line 1: the file: nmae/,
  );
});

describe('--template', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hansard-template-'));
    await writeFile(join(folder, 'weekly.yaml'), 'name: Weekly');
    await writeFile(join(folder, 'large.yaml'), `name: a\n#${' '.repeat(64 * 1024)}`);
    await writeFile(join(folder, 'latin.yaml'), Uint8Array.from([...Buffer.from('name: '), 0xe9]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('standard is the one that a job has by itself', async () => {
    expect(await chooseTemplate('standard', folder)).toBeNull();
  });

  test('a built-in template is known by its name, a file by its digest', async () => {
    expect(await chooseTemplate('board', folder)).toMatchObject({
      id: 'board',
      template: { name: 'board' },
    });
    const own = await chooseTemplate('weekly.yaml', folder);
    expect(own).toMatchObject({ id: own?.sha256, template: { name: 'Weekly' } });
    expect(own?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['bord', /"bord" is no template and no file: it takes standard, stand-up, board,/],
    ['.', /"\." is no template and no file/],
    ['large.yaml', /large\.yaml is too large for a template: it has at most 64 KiB/],
    ['latin.yaml', /cannot be read: it must be a YAML file in UTF-8/],
  ])('%s is refused', async (named, message) => {
    await expect(chooseTemplate(named, folder)).rejects.toThrow(message);
  });

  test.each(BUILT_IN)('%s has its texts in the languages of the documents', async (name) => {
    const { sections, tone = '' } = await readBuiltIn(name);
    expect(sections.length).toBeGreaterThan(2);
    for (const text of [tone, ...sections.flatMap((one) => [one.title, one.instruction])]) {
      if (text === '') continue;
      expect(Object.keys(text)).toEqual(['en', 'zh', 'de', 'fr', 'es']);
    }
  });
});
