import { expect, test } from 'vitest';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { renderPdf } from '../../../../../activities/minutes/render/office/pdf.ts';
import { minutesDocument } from '../../../../../activities/minutes/render/minutes-document.ts';
import { sampleMinutes, sampleTranscript } from '../sample-minutes.ts';
import { missingFrom, sampleDocument, textsOf, type Sample } from './office-samples.ts';

const SAMPLES: readonly Sample[] = ['en', 'zh', 'mixed'];

const open = (pdf: Uint8Array) => getDocumentProxy(Uint8Array.from(pdf));

/** The text of the pages without their numbers and heads. */
async function textOf(pdf: Uint8Array, head: string): Promise<string> {
  const { text } = await extractText(await open(pdf), {
    mergePages: false,
  });
  return text.map((page) => page.replace(/\d+ \/ \d+\s*$/, '').replace(head, '')).join('\n');
}

test.each(SAMPLES)(
  'a reader of PDF finds in the %s document all that it shows, and the same document gives the same bytes',
  async (sample) => {
    const document = sampleDocument(sample);
    const pdf = renderPdf(document, null);
    const text = await textOf(pdf, `${document.title} ${document.glance.running}`);
    expect(missingFrom(text, textsOf(document))).toEqual([]);
    expect(Buffer.compare(renderPdf(document, null), pdf)).toBe(0);
  },
);

const DRAFT = {
  state: 'draft',
  asked: null,
  since: '2026-12-01T10:00:00.000Z',
  until: null,
} as const;
test('every page from the second on says that the minutes are a draft', async () => {
  const pdf = renderPdf(sampleDocument('en', 120, { approval: DRAFT }), null);
  const { text } = await extractText(await open(pdf), { mergePages: false });
  expect(text.length).toBeGreaterThan(2);
  for (const page of text.slice(1)) expect(page).toContain('Partial · draft');
});

test('the outline has the headings, and citations lead to the pages of their lines', async () => {
  const document = sampleDocument('en', 200);
  const pdf = await open(renderPdf(document, null));
  const outline = await pdf.getOutline();
  expect(outline.map(({ title }) => title)).toEqual([
    'Summary',
    'Key points',
    'Decisions',
    'Action items',
    'Open questions',
    'About these minutes',
    'Transcript',
  ]);
  const links = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    for (const { subtype, dest, url } of await page.getAnnotations()) {
      if (subtype === 'Link') links.push({ number, dest: dest as unknown, url: url as unknown });
    }
  }
  expect(links).toHaveLength(5);
  for (const { dest, url } of links) {
    expect(url).toBeUndefined();
    const target = typeof dest === 'string' ? await pdf.getDestination(dest) : (dest as unknown[]);
    const page = await pdf.getPage((await pdf.getPageIndex(target?.[0] as never)) + 1);
    const { items } = await page.getTextContent();
    expect(items.map((item) => ('str' in item ? item.str : '')).join('')).toContain(
      'We decided to ship',
    );
  }
});

test('the properties have title and language, and nothing of the machine or the moment', async () => {
  const pdf = await open(renderPdf(sampleDocument('zh'), null));
  const { info } = await getMeta(pdf);
  expect(info).toMatchObject({ Title: '发布计划会议', Language: 'zh' });
  expect(info).not.toHaveProperty('CreationDate');
  expect(info).not.toHaveProperty('ModDate');
  expect(await pdf.getMarkInfo()).toMatchObject({ Marked: true });
});

test('minutes without a title, and segments with odd ids, are a file too', () => {
  const citation = { start: 1, end: 2, speaker: null, quote: 'q', segmentIds: ['a b"<>#'] };
  const segment = { id: 'a b"<>#', start: 1, end: 2, speaker: null, language: null, text: 'q' };
  const minutes = {
    ...sampleMinutes,
    title: '\u202E',
    keyPoints: [{ text: 'x', citations: [citation], verified: true }],
  };
  const transcript = { ...sampleTranscript, segments: [segment, segment] };
  const document = minutesDocument(minutes, transcript, { picture: false });
  expect(document.title).toBe('');
  expect(renderPdf(document, null).length).toBeGreaterThan(10_000);
});

test('a character that no font has is shown as a replacement, and a note says so', async () => {
  const title = 'Launch 🚀 of 𐍈';
  const document = sampleDocument('en', 3, { title });
  const text = await textOf(renderPdf(document, null), 'x');
  expect(text).toMatch(/^Launch � of �/);
  expect(text).toContain('Some characters have no font in this file');
});

test('a word longer than a line is cut at its edge', async () => {
  const document = sampleDocument('en', 3, { summary: 'x'.repeat(1000) });
  const pdf = await open(renderPdf(document, null));
  const { items } = await (await pdf.getPage(1)).getTextContent();
  const runs = items.flatMap((item) => ('str' in item && /^x+$/.test(item.str) ? [item] : []));
  expect(runs.map(({ str }) => str).join('')).toBe('x'.repeat(1000));
  for (const { transform, width } of runs) {
    expect((transform[4] as number) + width).toBeLessThan(595 - 50);
  }
});
