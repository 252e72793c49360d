import {
  AlignmentType,
  Document as OfficeDocument,
  Footer,
  Header,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  Tab,
  TabStopType,
  TextRun,
} from 'docx';
import type { Document } from '../document.ts';
import { keptAtLineEnd, phrasesFor } from '../phrases.ts';
import { fontsFor } from './document-fonts.ts';
import { drawBlock, placesOf } from './docx-blocks.ts';
import { DOCX_STYLES, INK, LIST, PAGE_WIDTH, TABLE_STYLE } from './docx-styles.ts';
import { clean, hanOf, wordsIn, type Words } from './docx-words.ts';
import { localeOf } from './locale-of.ts';
import { pinDocx } from './pin-docx.ts';
import { visible } from './printed-text.ts';
import { runningTitle } from './running-title.ts';

/**
 * The document for a word processor: styles by their usual names, headings and bookmarks, links from citations to the
 * transcript, the language of every run, and its fonts as far as they are used. The same document gives the same bytes in
 * a fresh process (the library counts bookmarks over all documents): see `render-apart.ts`.
 *
 * @param picture a PNG
 */
export async function renderDocx(
  document: Document,
  picture: Uint8Array | null,
): Promise<Uint8Array> {
  const separator = keptAtLineEnd(phrasesFor(document.language).separators.facts);
  const own = visible(separator) + OWN_CHARACTERS;
  const text = [...new Set(visible(JSON.stringify(document)) + own)].join('');
  const { families } = fontsFor(document, text);
  const words = wordsIn(document, families);
  const writer = { words, places: placesOf(document) };
  const body = [
    new Paragraph({ style: 'Title', children: words(document.title) }),
    new Paragraph({ style: 'Subtitle', children: words(document.facts.join(separator)) }),
    new Paragraph({
      style: 'Glance',
      children: [
        ...words(document.glance.status, {
          bold: true,
          color: document.glance.isComplete ? INK.accent : INK.warning,
        }),
        ...document.glance.facts.flatMap((fact) => words(`${separator}${fact}`)),
      ],
    }),
    ...document.blocks.flatMap((block) => drawBlock(block, writer, picture)),
  ];
  const made = new OfficeDocument({
    title: clean(document.title),
    creator: 'Hansard',
    lastModifiedBy: 'Hansard',
    styles: DOCX_STYLES(document.language, hanOf(document)),
    numbering: {
      config: [
        {
          reference: LIST,
          levels: [
            {
              level: 0,
              format: LevelFormat.BULLET,
              text: '•',
              alignment: AlignmentType.LEFT,
              style: { paragraph: { indent: { left: 360, hanging: 240 } } },
            },
          ],
        },
      ],
    },
    sections: [
      {
        properties: {
          titlePage: true,
          page: {
            size: { width: 11_906, height: 16_838 },
            margin: { top: 1360, bottom: 1360, left: 1247, right: 1247 },
          },
        },
        headers: { default: pageHead(document, words), first: new Header({ children: [] }) },
        footers: { default: pageFoot(), first: pageFoot() },
        children: body,
      },
    ],
  });
  return pinDocx(await Packer.toBuffer(made), {
    language: localeOf(document.language),
    tableStyle: TABLE_STYLE,
    families,
    text,
  });
}

/** Of page numbers, bullets and flags. */
const OWN_CHARACTERS = '0123456789/•·()';

const pageHead = ({ title, glance }: Document, words: Words): Header =>
  new Header({
    children: [
      new Paragraph({
        style: 'Header',
        tabStops: [{ type: TabStopType.RIGHT, position: PAGE_WIDTH }],
        children: [
          ...words(runningTitle(title)),
          new TextRun({ children: [new Tab()] }),
          ...words(glance.running),
        ],
      }),
    ],
  });

const pageFoot = (): Footer =>
  new Footer({
    children: [
      new Paragraph({
        style: 'Footer',
        alignment: AlignmentType.CENTER,
        children: [new TextRun({ children: [PageNumber.CURRENT, ' / ', PageNumber.TOTAL_PAGES] })],
      }),
    ],
  });
