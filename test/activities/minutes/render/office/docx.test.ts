import { strFromU8, unzipSync } from 'fflate';
import { create } from 'fontkit';
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

test('the head of every page says that the minutes are approved', async () => {
  const approval = {
    state: 'approved',
    by: 'Tom',
    at: '2026-12-02T10:00:00.000Z',
    version: 6,
    sha256: 'a'.repeat(64),
  } as const;
  const parts = unzipSync(await renderDocx(sampleDocument('zh', 3, { approval }), null));
  const heads = Object.keys(parts).filter((name) => name.startsWith('word/header'));
  const texts = heads.map((name) => strFromU8(parts[name] ?? new Uint8Array()));
  expect(texts.map((xml) => xml.replaceAll(/<[^>]*>/g, '')).join('')).toContain(
    '发布计划会议不完整；已批准（第 6 版）',
  );
});

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
  expect(runOf('안녕하세요')).toContain('w:eastAsia="NanumGothic"');
  expect(runOf('田中')).toContain('w:eastAsia="ja-JP"');
  expect(runOf('田中')).toContain('w:eastAsia="Noto Sans JP"');
  expect(runOf('Good morning')).not.toContain('w:lang');
  expect(part('word/styles.xml')).toContain('<w:lang w:val="en-US" w:eastAsia="zh-CN"');
});

test('every character stands in a font that has it, in a file that the document brings', async () => {
  const title = '会议 회의 שלום ♪ Встреча';
  const docx = await renderDocx(sampleDocument('zh', 3, { title }), null);
  const fonts = embeddedFonts(docx);
  const xml = partsOf(docx)('word/document.xml');
  const [, heading = ''] = /<w:pStyle w:val="Title"\/>(.*?)<\/w:p>/.exec(xml) ?? [];
  const runs = Array.from(heading.matchAll(/<w:r>(.*?)<\/w:r>/g), ([, run = '']) => ({
    font: /w:ascii="([^"]+)"/.exec(run)?.[1],
    text: /<w:t[^>]*>([^<]*)</.exec(run)?.[1] ?? '',
  }));
  expect(runs).toEqual([
    { font: undefined, text: '会议 ' },
    { font: 'NanumGothic', text: '회의 ' },
    { font: 'Noto Sans Hebrew', text: 'שלום ' },
    { font: 'Noto Sans SC', text: '♪ ' },
    { font: undefined, text: 'Встреча' },
  ]);
  for (const { font, text } of runs) {
    const usual = text.startsWith('会') ? 'Noto Sans SC' : 'Noto Sans';
    const faces = fonts.filter(({ name }) => name === (font ?? usual));
    expect(faces.map(({ face }) => face)).toEqual(['Regular', 'Bold']);
    for (const { bytes } of faces) {
      const read = create(Buffer.from(bytes));
      if ('fonts' in read) throw new TypeError('a collection of fonts is not a font');
      expect(read.familyName.replaceAll(' ', '')).toContain((font ?? usual).replaceAll(' ', ''));
      for (const character of text.trim()) {
        expect(read.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)).toBe(true);
      }
    }
  }
  // Subsets: the two faces of Chinese alone have 21 MB.
  expect(docx.length).toBeLessThan(200_000);
});

/** The fonts that a DOCX brings, by the names that its runs use. */
function embeddedFonts(docx: Uint8Array) {
  const parts = unzipSync(docx);
  const part = partsOf(docx);
  const relations = new Map(
    Array.from(
      part('word/_rels/fontTable.xml.rels').matchAll(/Id="([^"]+)" [^>]*Target="([^"]+)"/g),
      ([, id = '', target = '']) => [id, `word/${target}`] as const,
    ),
  );
  return Array.from(
    part('word/fontTable.xml').matchAll(/<w:font w:name="([^"]+)">(.*?)<\/w:font>/g),
  ).flatMap(([, name = '', font = '']) =>
    Array.from(
      font.matchAll(/<w:embed(\w+) r:id="([^"]+)" w:fontKey="\{([^"]+)\}"/g),
      ([, face = '', id = '', key = '']) => {
        const mask = Array.from(Buffer.from(key.replaceAll('-', ''), 'hex')).toReversed();
        const bytes = (parts[relations.get(id) ?? ''] ?? new Uint8Array()).map((byte, index) =>
          index < 32 ? byte ^ (mask[index % 16] ?? 0) : byte,
        );
        return { name, face, bytes };
      },
    ),
  );
}

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
