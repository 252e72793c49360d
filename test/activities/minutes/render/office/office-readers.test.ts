import { decodeHTML } from 'entities';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMarkdown } from '../../../../../activities/minutes/render/markdown.ts';
import { renderDocx } from '../../../../../activities/minutes/render/office/docx.ts';
import { renderPdf } from '../../../../../activities/minutes/render/office/pdf.ts';
import { missingFrom, sampleDocument, textsOf, type Sample } from './office-samples.ts';

/** What pandoc reads in Markdown and DOCX, and pdftotext of poppler-utils in the PDF: the same, and all of it. */

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-readers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A document with everything: speakers, a warning, a remark, a picture, sections, what is not verified, a table. */
const rich = (sample: Sample) =>
  sampleDocument(sample, 12, {
    attendees: ['Anna Okafor', '김민수', 'Łukasz Wróbel'],
    sections: [
      {
        id: 'section1',
        title: sample === 'zh' ? '风险' : 'Risks',
        items: [
          { text: 'The bridge may close.', citations: [], verified: true },
          { text: '桥可能关闭。', citations: [], verified: false },
        ],
      },
      { id: 'section2', title: 'Votes', items: [], unwritten: true },
    ],
    degradations: [
      {
        stage: 'transcribe',
        role: 'transcribe',
        level: 'fallback',
        target: 'whisper-large',
        spans: [{ start: 10, end: 38 }],
        reason: 'fast: TargetExhausted',
      },
    ],
    image: {
      key: 'k',
      verdict: 'safe',
      score: 0,
      quality: 1,
      watermark: { text: 'generated', metadata: true },
      model: 'procedural-v1',
      prompt: 'a meeting',
    },
  });

/** Cells of tables by themselves: plain text would lay them side by side. */
async function readByPandoc(path: string, format: 'docx' | 'gfm'): Promise<string> {
  // `-s` for the title of a DOCX.
  const { stdout } = await run('pandoc', [path, '-s', '-f', format, '-t', 'html', '--wrap=none']);
  return decodeHTML(stdout.replace(/<head>[^]*<\/head>/, '').replaceAll(/<[^>]*>/g, ''));
}

/** Pages without their numbers and running heads. */
async function readByPdftotext(path: string, head: string): Promise<string> {
  const { stdout } = await run('pdftotext', ['-raw', path, '-']);
  return stdout
    .split('\f')
    .map((page) => page.replace(/\d+ \/ \d+\s*$/, '').replace(head, ''))
    .join('');
}

test.each<Sample>(['en', 'zh', 'mixed'])(
  'pandoc and pdftotext read in DOCX and PDF of the %s document all that Markdown has',
  async (sample) => {
    const document = rich(sample);
    const square = { width: 64, height: 64, channels: 3, background: '#88c' } as const;
    const picture = await sharp({ create: square }).png().toBuffer();
    const files = {
      md: renderMarkdown(document, 'illustration.png'),
      docx: await renderDocx(document, picture),
      pdf: renderPdf(document, picture),
    };
    const path = (format: keyof typeof files) => join(folder, `${sample}.${format}`);
    for (const format of ['md', 'docx', 'pdf'] as const) {
      await writeFile(path(format), files[format]);
    }
    const head = `${document.title} ${document.glance.status}`;
    const kinds = new Set(document.blocks.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(EVERY_KIND);
    const texts = textsOf(document).filter((text) => text !== '');
    expect(texts.length).toBeGreaterThan(80);
    expect({
      md: missingFrom(await readByPandoc(path('md'), 'gfm'), texts),
      docx: missingFrom(await readByPandoc(path('docx'), 'docx'), texts),
      pdf: missingFrom(await readByPdftotext(path('pdf'), head), texts),
    }).toEqual({ md: [], docx: [], pdf: [] });
  },
);

const EVERY_KIND = [
  'facts',
  'figure',
  'heading',
  'list',
  'note',
  'paragraph',
  'subheading',
  'table',
  'transcript',
];

test('the fonts of a Japanese PDF have Japanese forms', async () => {
  const path = join(folder, 'ja.pdf');
  const title = '直樹と骨子';
  await writeFile(path, renderPdf({ ...sampleDocument('en', 1, { title }), language: 'ja' }, null));
  const { stdout } = await run('pdffonts', [path]);
  expect(stdout).toContain('NotoSansJP');
  expect(stdout).not.toContain('NotoSansSC');
});
