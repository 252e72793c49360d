import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { readFileSync } from 'node:fs';
import type { Block, Document } from '../document.ts';
import { keptAtLineEnd, phrasesFor } from '../phrases.ts';
import { FONTS, fontsFor, isHanJapanese, readFace } from './document-fonts.ts';
import { printedText, visible } from './printed-text.ts';
import { runningTitle } from './running-title.ts';

/**
 * The document as a PDF: tagged (PDF/UA-1), with an outline, links from citations to the transcript, and its fonts as
 * far as they are used. The same document gives the same bytes. Takes seconds for hours of transcript and blocks its
 * thread meanwhile: see `render-apart.ts`. Throws if the typesetter refuses.
 *
 * @param picture a PNG
 */
export function renderPdf(document: Document, picture: Uint8Array | null): Uint8Array {
  const phrases = phrasesFor(document.language);
  const texts = `${visible(JSON.stringify(document))}…${phrases.notInFonts}•${phrases.separators.facts}`;
  const { families, missing } = fontsFor(document, visible(texts));
  const content = {
    ...withOneTarget(mapTexts(document, (text) => printedText(text, missing))),
    separator: keptAtLineEnd(phrases.separators.facts),
    runningTitle: printedText(runningTitle(document.title), missing),
    fonts: Object.fromEntries(Object.entries(FONTS).map(([key, { name }]) => [key, name])),
    hanIsJapanese: isHanJapanese(document),
    hasPicture: picture !== null,
    replaced: missing.size === 0 ? null : phrases.notInFonts,
  };
  // Nothing is read from this folder: every file is put there in memory.
  const compiler = NodeCompiler.create({
    workspace: WORKSPACE,
    fontArgs: [
      { fontBlobs: families.flatMap(({ regular, bold }) => [regular, bold].map(readFace)) },
    ],
  });
  compiler.mapShadow(`${WORKSPACE}/document.json`, Buffer.from(JSON.stringify(content)));
  if (picture !== null) {
    compiler.mapShadow(`${WORKSPACE}/illustration.png`, Buffer.from(picture));
  }
  const { result } = compiler.compile({ mainFileContent: readFileSync(TEMPLATE, 'utf8') });
  // What the typesetter says quotes the text, which must not get into an error.
  if (result === null) throw new Error('the document could not be typeset');
  return compiler.pdf(result, { pdfStandard: 'ua-1' });
}

const TEMPLATE = new URL('./minutes.typ', import.meta.url);
const WORKSPACE = '/minutes';

/** A link leads to one place: the first segment of its id. */
function withOneTarget(document: Document): Document {
  const seen = new Set<string>();
  const isFirst = (id: string): boolean => !seen.has(id) && seen.add(id).has(id);
  const blocks = document.blocks.map((block): Block => {
    if (block.kind !== 'transcript') return block;
    const lines = block.lines.map((line) => ({ ...line, cited: isFirst(line.id) && line.cited }));
    return { ...block, lines };
  });
  return { ...document, blocks };
}

/** The value with every text in it mapped. */
function mapTexts<T>(value: T, map: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (key, held: unknown) =>
    typeof held === 'string' && !NO_TEXTS.has(key) ? map(held) : held,
  );
}

const NO_TEXTS = new Set(['kind', 'tone', 'id', 'segmentId', 'language']);
