import {
  AlignmentType,
  Bookmark,
  BorderStyle,
  Document as OfficeDocument,
  Footer,
  Header,
  HeadingLevel,
  ImageRun,
  InternalHyperlink,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  Tab,
  TabStopType,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  WidthType,
  type IRunOptions,
  type ParagraphChild,
} from 'docx';
import type { Block, Document, PrintedSegment, Remark } from '../document.ts';
import {
  DOCX_STYLES,
  docxFonts,
  FLAG,
  INK,
  ITEM_ID,
  LIST,
  PAGE_WIDTH,
  SOURCE,
  TABLE_STYLE,
} from './docx-styles.ts';
import { isRightToLeft, localeOf } from './locale-of.ts';
import { pinDocx } from './pin-docx.ts';
import { runningTitle } from './running-title.ts';

/**
 * The document for a word processor: styles by their usual names, headings and bookmarks, links from citations to the
 * transcript, the language of every run. The same document gives the same bytes in a fresh process (the library counts
 * bookmarks over all documents): see `render-apart.ts`.
 *
 * @param picture a PNG
 */
export async function renderDocx(
  document: Document,
  picture: Uint8Array | null,
): Promise<Uint8Array> {
  const places = placesOf(document);
  const body = [
    new Paragraph({ style: 'Title', children: [words(document.title)] }),
    new Paragraph({ style: 'Subtitle', children: [words(document.facts.join(' · '))] }),
    new Paragraph({
      style: 'Glance',
      children: [
        words(document.glance.status, {
          bold: true,
          color: document.glance.isComplete ? INK.accent : INK.warning,
        }),
        ...document.glance.facts.map((fact) => words(` · ${fact}`)),
      ],
    }),
    ...document.blocks.flatMap((block) => drawn(block, places, picture)),
  ];
  const made = new OfficeDocument({
    title: clean(document.title),
    creator: 'Hansard',
    lastModifiedBy: 'Hansard',
    styles: DOCX_STYLES(document.language),
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
        headers: { default: pageHead(document), first: new Header({ children: [] }) },
        footers: { default: pageFoot(), first: pageFoot() },
        children: body,
      },
    ],
  });
  return pinDocx(await Packer.toBuffer(made), {
    language: localeOf(document.language),
    tableStyle: TABLE_STYLE,
  });
}

const pageHead = ({ title, glance }: Document): Header =>
  new Header({
    children: [
      new Paragraph({
        style: 'Header',
        tabStops: [{ type: TabStopType.RIGHT, position: PAGE_WIDTH }],
        children: [
          words(runningTitle(title)),
          new TextRun({ children: [new Tab(), clean(glance.status)] }),
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

/** Names of bookmarks by segment id: word processors take letters, digits and underscores only. */
type Places = ReadonlyMap<string, string>;

function placesOf({ blocks }: Document): Places {
  const lines = blocks.flatMap((block) => (block.kind === 'transcript' ? block.lines : []));
  const places = new Map<string, string>();
  for (const [index, { id, cited }] of lines.entries()) {
    if (cited && !places.has(id)) places.set(id, `line_${index + 1}`);
  }
  return places;
}

function drawn(
  block: Block,
  places: Places,
  picture: Uint8Array | null,
): readonly (Paragraph | Table)[] {
  switch (block.kind) {
    case 'heading': {
      const id = block.id.replaceAll(/\W/g, '_');
      const children = [new Bookmark({ id, children: [words(block.text)] })];
      return [new Paragraph({ heading: HeadingLevel.HEADING_1, children })];
    }
    case 'subheading':
      return [new Paragraph({ heading: HeadingLevel.HEADING_2, children: [words(block.text)] })];
    case 'paragraph':
      return [
        new Paragraph({
          style: block.tone === 'quiet' ? 'Quiet' : 'BodyText',
          children: [words(block.text)],
        }),
      ];
    case 'list':
      return block.items.map((item) => listItem(remark(item, places)));
    case 'table':
      return [table(block.head, block.rows, places), new Paragraph({ style: 'Quiet' })];
    case 'facts':
      return block.rows.flatMap(({ name, values, digest }) =>
        values.map(
          (value, index) =>
            new Paragraph({
              style: 'Facts',
              children: [
                words(index === 0 ? name : '', { color: INK.soft }),
                new TextRun({ children: [new Tab()] }),
                words(value, digest === true ? { size: 14 } : {}),
              ],
            }),
        ),
      );
    case 'figure':
      return picture === null ? [] : figure(block, picture);
    case 'note':
      return note(block);
    case 'transcript':
    default: {
      const free = new Map(places);
      return block.lines.map((line) => {
        const place = free.get(line.id);
        free.delete(line.id);
        return transcriptLine(line, place);
      });
    }
  }
}

/** The last paragraph of a note keeps what follows away from its wash. */
function note({ tone, title, lines }: Extract<Block, { kind: 'note' }>): Paragraph[] {
  const style = tone === 'warning' ? 'Warning' : 'Note';
  const after = (index: number) => (index === lines.length - 1 ? 200 : 0);
  return [
    new Paragraph({
      style,
      keepNext: lines.length > 0,
      spacing: { before: 140, after: after(-1) },
      children: [words(title, { bold: true })],
    }),
    ...lines.map(
      (line, index) =>
        new Paragraph({
          style,
          spacing: { after: after(index) },
          children: [words(`• ${line}`)],
        }),
    ),
  ];
}

const listItem = (children: readonly ParagraphChild[]): Paragraph =>
  new Paragraph({
    style: 'ListBullet',
    numbering: { reference: LIST, level: 0 },
    children,
  });

function table(
  head: readonly string[],
  rows: readonly (readonly Remark[])[],
  places: Places,
): Table {
  const widths = head.map((_, index) =>
    Math.floor(
      index === 0 ? PAGE_WIDTH * 0.42 : (PAGE_WIDTH * 0.58) / Math.max(1, head.length - 1),
    ),
  );
  const cell = (index: number, style: string, children: readonly ParagraphChild[]) =>
    new TableCell({
      width: { size: widths[index] ?? 0, type: WidthType.DXA },
      children: [new Paragraph({ style, children })],
    });
  return new Table({
    style: TABLE_STYLE,
    width: { size: PAGE_WIDTH, type: WidthType.DXA },
    layout: TableLayoutType.FIXED,
    columnWidths: widths,
    borders: RULES,
    rows: [
      new TableRow({
        tableHeader: true,
        children: head.map((name, index) => cell(index, 'TableHead', [words(name)])),
      }),
      ...rows.map(
        (row) =>
          new TableRow({
            cantSplit: true,
            children: row.map((one, index) => cell(index, 'TableText', remark(one, places))),
          }),
      ),
    ],
  });
}

const NONE = { style: BorderStyle.NONE, size: 0, color: 'auto' } as const;
const RULE = { style: BorderStyle.SINGLE, size: 4, color: INK.rule } as const;
const RULES = {
  top: NONE,
  left: NONE,
  right: NONE,
  insideVertical: NONE,
  bottom: RULE,
  insideHorizontal: RULE,
};

/** The picture at half the width of the text, in the proportions that its PNG header says. */
function figure(
  { alternative, caption }: Extract<Block, { kind: 'figure' }>,
  picture: Uint8Array,
): Paragraph[] {
  const header = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  const shown = 314; // pixels of 1/96 inch: half the width of the text
  const run = new ImageRun({
    type: 'png',
    data: picture,
    transformation: { width: shown, height: Math.round((shown * height) / width) },
    altText: {
      name: clean(alternative),
      title: clean(alternative),
      description: clean(alternative),
    },
  });
  return [
    new Paragraph({
      style: 'BodyText',
      alignment: AlignmentType.CENTER,
      keepNext: true,
      children: [run],
    }),
    new Paragraph({ style: 'Caption', children: [words(caption)] }),
  ];
}

function remark({ id, text, quiet, flag, sources = [] }: Remark, places: Places): ParagraphChild[] {
  const links = sources.flatMap(({ label, segmentId }) => {
    const anchor = places.get(segmentId);
    if (anchor === undefined) return [];
    return [
      words(' '),
      new InternalHyperlink({ anchor, children: [words(label, { style: 'Source', ...SOURCE })] }),
    ];
  });
  return [
    ...(text === '' ? [] : [words(text, quiet === true ? { color: INK.soft } : {})]),
    ...flagged(flag),
    // Before the times: LibreOffice breaks a line inside digits that follow Chinese characters.
    ...(id === undefined ? [] : [words(' '), words(id, { style: 'ItemId', ...ITEM_ID })]),
    ...(text === '' && flag === undefined ? links.slice(1) : links),
  ];
}

const flagged = (flag: string | undefined): ParagraphChild[] =>
  flag === undefined ? [] : [words(' '), words(unbroken(`(${flag})`), { style: 'Flag', ...FLAG })];

/** Keeps the words of a short text on one line. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00A0');

function transcriptLine(
  { id, time, speaker, language, text, flag }: PrintedSegment,
  place: string | undefined,
): Paragraph {
  const head = words(time ?? id, { color: INK.soft, size: 17 });
  const spoken = language === null ? {} : spokenIn(language);
  return new Paragraph({
    style: 'Transcript',
    children: [
      place === undefined ? head : new Bookmark({ id: place, children: [head] }),
      new TextRun({ children: [new Tab()] }),
      ...(speaker === null ? [] : [words(`${speaker} `, { bold: true })]),
      words(text, spoken),
      ...flagged(flag),
    ],
  });
}

/** How a run in another language than the document's is tagged, so that spelling and fonts are right. */
function spokenIn(language: string): IRunOptions {
  const locale = localeOf(language);
  return {
    language: { value: locale, eastAsia: locale, bidirectional: locale },
    font: docxFonts(language),
    ...(isRightToLeft(language) && { rightToLeft: true }),
  };
}

const words = (text: string, options: IRunOptions = {}): TextRun =>
  new TextRun({ ...options, text: clean(text) });

/** XML has no place for the noncharacters U+FFFE and U+FFFF. */
const clean = (text: string): string => text.replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
