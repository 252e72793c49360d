import {
  AlignmentType,
  Bookmark,
  BorderStyle,
  HeadingLevel,
  ImageRun,
  InternalHyperlink,
  Paragraph,
  Tab,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  WidthType,
  type ParagraphChild,
} from 'docx';
import type { Block, Document, PrintedSegment, Remark } from '../document.ts';
import { FLAG, INK, ITEM_ID, LIST, PAGE_WIDTH, SOURCE, TABLE_STYLE } from './docx-styles.ts';
import { clean, type Words } from './docx-words.ts';

/** What the blocks of a document are drawn with. */
export interface Writer {
  readonly words: Words;
  readonly places: Places;
}

/** Names of bookmarks by segment id: word processors take letters, digits and underscores only. */
export type Places = ReadonlyMap<string, string>;

export function placesOf({ blocks }: Document): Places {
  const lines = blocks.flatMap((block) => (block.kind === 'transcript' ? block.lines : []));
  const places = new Map<string, string>();
  for (const [index, { id, cited }] of lines.entries()) {
    if (cited && !places.has(id)) places.set(id, `line_${index + 1}`);
  }
  return places;
}

/** A block as paragraphs and tables. */
export function drawBlock(
  block: Block,
  writer: Writer,
  picture: Uint8Array | null,
): readonly (Paragraph | Table)[] {
  switch (block.kind) {
    case 'heading': {
      const id = block.id.replaceAll(/\W/g, '_');
      const children = [new Bookmark({ id, children: writer.words(block.text) })];
      return [new Paragraph({ heading: HeadingLevel.HEADING_1, children })];
    }
    case 'subheading':
      return [
        new Paragraph({ heading: HeadingLevel.HEADING_2, children: writer.words(block.text) }),
      ];
    case 'paragraph':
      return [
        new Paragraph({
          style: block.tone === 'quiet' ? 'Quiet' : 'BodyText',
          children: writer.words(block.text),
        }),
      ];
    case 'list':
      return block.items.map((item) => listItem(remark(item, writer)));
    case 'table':
      return [table(block.head, block.rows, writer), new Paragraph({ style: 'Quiet' })];
    case 'facts':
      return block.rows.flatMap(({ name, values, digest }) =>
        values.map(
          (value, index) =>
            new Paragraph({
              style: 'Facts',
              children: [
                ...writer.words(index === 0 ? name : '', { color: INK.soft }),
                new TextRun({ children: [new Tab()] }),
                ...writer.words(value, digest === true ? { size: 14 } : {}),
              ],
            }),
        ),
      );
    case 'figure':
      return picture === null ? [] : figure(block, picture, writer);
    case 'note':
      return note(block, writer);
    case 'transcript':
    default: {
      const free = new Map(writer.places);
      return block.lines.map((line) => {
        const place = free.get(line.id);
        free.delete(line.id);
        return transcriptLine(line, place, writer);
      });
    }
  }
}

/** The last paragraph of a note keeps what follows away from its wash. */
function note(
  { tone, title, lines }: Extract<Block, { kind: 'note' }>,
  writer: Writer,
): Paragraph[] {
  const style = tone === 'warning' ? 'Warning' : 'Note';
  const after = (index: number) => (index === lines.length - 1 ? 200 : 0);
  return [
    new Paragraph({
      style,
      keepNext: lines.length > 0,
      spacing: { before: 140, after: after(-1) },
      children: writer.words(title, { bold: true }),
    }),
    ...lines.map(
      (line, index) =>
        new Paragraph({
          style,
          spacing: { after: after(index) },
          children: writer.words(`• ${line}`),
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
  writer: Writer,
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
        children: head.map((name, index) => cell(index, 'TableHead', writer.words(name))),
      }),
      ...rows.map(
        (row) =>
          new TableRow({
            cantSplit: true,
            children: row.map((one, index) => cell(index, 'TableText', remark(one, writer))),
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
  writer: Writer,
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
    new Paragraph({ style: 'Caption', children: writer.words(caption) }),
  ];
}

function remark({ id, text, quiet, flag, sources = [] }: Remark, writer: Writer): ParagraphChild[] {
  const links = sources.flatMap(({ label, segmentId }) => {
    const anchor = writer.places.get(segmentId);
    if (anchor === undefined) return [];
    return [
      ...writer.words(' '),
      new InternalHyperlink({
        anchor,
        children: writer.words(label, { style: 'Source', ...SOURCE }),
      }),
    ];
  });
  return [
    ...(text === '' ? [] : writer.words(text, quiet === true ? { color: INK.soft } : {})),
    ...flagged(flag, writer),
    // Before the times: LibreOffice breaks a line inside digits that follow Chinese characters.
    ...(id === undefined
      ? []
      : [...writer.words(' '), ...writer.words(id, { style: 'ItemId', ...ITEM_ID })]),
    ...(text === '' && flag === undefined ? links.slice(1) : links),
  ];
}

const flagged = (flag: string | undefined, writer: Writer): ParagraphChild[] =>
  flag === undefined
    ? []
    : [...writer.words(' '), ...writer.words(unbroken(`(${flag})`), { style: 'Flag', ...FLAG })];

/** Keeps the words of a short text on one line. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00A0');

function transcriptLine(
  { id, time, speaker, language, text, flag }: PrintedSegment,
  place: string | undefined,
  writer: Writer,
): Paragraph {
  const head = writer.words(time ?? id, { color: INK.soft, size: 17 });
  return new Paragraph({
    style: 'Transcript',
    children: [
      ...(place === undefined ? head : [new Bookmark({ id: place, children: head })]),
      new TextRun({ children: [new Tab()] }),
      ...(speaker === null ? [] : writer.words(`${speaker} `, { bold: true })),
      ...writer.words(text, {}, language),
      ...flagged(flag, writer),
    ],
  });
}
