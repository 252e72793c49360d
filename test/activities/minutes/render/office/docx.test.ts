import { strFromU8, unzipSync } from 'fflate';
import mammoth from 'mammoth';
import { expect, test } from 'vitest';
import { renderDocx } from '../../../../../activities/minutes/render/office/docx.ts';
import { renderApart } from '../../../../../activities/minutes/render/office/render-apart.ts';
import { missingFrom, sampleDocument, textsOf, type Sample } from './office-samples.ts';

const SAMPLES: readonly Sample[] = ['en', 'zh', 'mixed'];

const partsOf = (docx: Uint8Array) => {
  const parts = unzipSync(docx);
  return (name: string): string => strFromU8(parts[name] ?? new Uint8Array());
};

test.each(SAMPLES)(
  'a reader of DOCX finds in the %s document all that it shows',
  async (sample) => {
    const document = sampleDocument(sample);
    const docx = await renderDocx(document, null);
    const { value: text } = await mammoth.extractRawText({ buffer: Buffer.from(docx) });
    expect(missingFrom(text, textsOf(document))).toEqual([]);
  },
);

test('headings are headings, lists are lists, the table has a head, and citations lead to their lines', async () => {
  const docx = await renderDocx(sampleDocument('en'), null);
  const { value: html, messages } = await mammoth.convertToHtml(
    { buffer: Buffer.from(docx) },
    { styleMap: ["p[style-name='Title'] => h1.title:fresh"] },
  );
  expect(html).toMatch(/^<h1 class="title">Release planning<\/h1>/);
  expect(html).toMatch(/<h1><a id="key_points"><\/a>Key points<\/h1><ul><li>/);
  expect(html).toContain('<thead><tr><th><p>Task</p></th>');
  const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target);
  expect(links).toEqual(['line_1', 'line_3', 'line_2', 'line_1', 'line_3']);
  for (const link of links) expect(html).toContain(`<a id="${link}"></a>`);
  expect(html).not.toContain('href="http');
  expect(messages.filter(({ type }) => type === 'error')).toEqual([]);
});

test('every run in another language is tagged with it and its fonts', async () => {
  const part = partsOf(await renderDocx(sampleDocument('mixed'), null));
  const xml = part('word/document.xml');
  const runOf = (text: string) =>
    [...xml.matchAll(/<w:r>(?:(?!<\/w:r>).)*<\/w:r>/g)]
      .map(([run]) => run)
      .findLast((run) => run.includes(text));
  expect(runOf('안녕하세요')).toContain('w:lang w:val="ko-KR" w:eastAsia="ko-KR"');
  expect(runOf('안녕하세요')).toContain('w:eastAsia="Malgun Gothic"');
  expect(runOf('田中')).toContain('w:eastAsia="ja-JP"');
  expect(runOf('田中')).toContain('w:eastAsia="Yu Gothic"');
  expect(runOf('Good morning')).not.toContain('w:lang');
  expect(part('word/styles.xml')).toContain('<w:lang w:val="en-US" w:eastAsia="zh-CN"');
});

test('every height of lines says that it is relative: LibreOffice takes another for a fixed one', async () => {
  const part = partsOf(await renderDocx(sampleDocument('en'), null));
  const spacings = ['word/styles.xml', 'word/document.xml'].flatMap((name) =>
    Array.from(part(name).matchAll(/<w:spacing [^>]*w:line="[^>]*>/g), ([spacing]) => spacing),
  );
  expect(spacings.length).toBeGreaterThan(3);
  expect(spacings.filter((spacing) => !spacing.includes('w:lineRule="auto"'))).toEqual([]);
});

test('a flag stays on one line, and a note keeps away from what follows', async () => {
  const part = partsOf(await renderDocx(sampleDocument('en'), null));
  const xml = part('word/document.xml');
  expect(xml).toContain('>(not\u00A0verified)<');
  const paragraphs = xml.split('</w:p>').filter((one) => one.includes('w:val="Warning"'));
  expect(paragraphs.at(-1)).toContain('Not transcribed');
  expect(paragraphs.map((one) => /w:after="(\d+)"/.exec(one)?.[1])).toEqual(['0', '200']);
});

test('the properties have title and language, and nothing of the machine or the moment', async () => {
  const core = partsOf(await renderDocx(sampleDocument('zh'), null))('docProps/core.xml');
  expect(core).toContain('<dc:title>发布计划会议</dc:title>');
  expect(core).toContain('<dc:language>zh-CN</dc:language>');
  expect(core).not.toMatch(/dcterms:|\d{4}-\d\d/);
});

test('the same document gives the same bytes', async () => {
  const task = { format: 'docx', document: sampleDocument('mixed'), picture: null } as const;
  const [first, second] = await Promise.all([renderApart(task), renderApart(task)]);
  expect(Buffer.compare(first, second)).toBe(0);
});

test('characters that XML has no place for do not break the file', async () => {
  const docx = await renderDocx(sampleDocument('en', 3, { title: 'A\uFFFF <&> "B"' }), null);
  const { value } = await mammoth.extractRawText({ buffer: Buffer.from(docx) });
  expect(value).toMatch(/^A\uFFFD <&> "B"\n/);
});
