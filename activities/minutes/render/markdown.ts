import type { Block, Document, Remark } from './document.ts';
import { phrasesFor } from './phrases.ts';

/** The document as Markdown (CommonMark with tables). `picture` is a file name beside it. */
export function renderMarkdown(document: Document, picture: string | null): string {
  const { colon, separators } = phrasesFor(document.language);
  const parts = [
    `# ${line(document.title)}`,
    document.facts.map(line).join(separators.facts),
    [`**${inline(document.glance.status)}**`, ...document.glance.facts.map(inline)].join(
      separators.facts,
    ),
    ...document.blocks.map((block) => renderBlock(block, picture, colon)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderBlock(block: Block, picture: string | null, colon: string): string {
  switch (block.kind) {
    case 'heading':
      return `## ${line(block.text)}`;
    case 'subheading':
      return `### ${line(block.text)}`;
    case 'paragraph':
      return block.tone === 'quiet' ? `_${inline(block.text)}_` : line(block.text);
    case 'list':
      return block.items.map((item) => `- ${remark(item)}`).join('\n');
    case 'table':
      return table(block.head, block.rows);
    case 'facts':
      return block.rows
        .flatMap(({ name, values }) =>
          values.map((value) => `- **${inline(name)}**${colon}${inline(value)}`),
        )
        .join('\n');
    case 'figure':
      return picture === null
        ? ''
        : `![${inline(block.alternative)}](${encodeURI(picture)})\n\n_${inline(block.caption)}_`;
    case 'note':
      return [
        `> **${inline(block.title)}**`,
        ...block.lines.map((text) => `> - ${line(text)}`),
      ].join(block.lines.length === 0 ? '' : '\n');
    case 'transcript':
    default:
      return block.lines
        .map(({ id, time, speaker, text, cited, flag }) => {
          const anchor = cited ? `<a id="${id}"></a>` : '';
          const head = time === null ? '' : `**${time}** `;
          const voice = speaker === null ? '' : `${inline(speaker)}${colon}`;
          const words = head + voice === '' ? line(text) : inline(text);
          return `${anchor}${head}${voice}${words}${marked(flag)}`;
        })
        .join('\n\n');
  }
}

function remark({ id, text, quiet, sources = [], flag }: Remark): string {
  const links = sources.map(({ label, segmentId }) => `[${inline(label)}](#${segmentId})`);
  return [
    quiet === true ? `_${inline(text)}_` : line(text),
    marked(flag).trim(),
    id === undefined ? '' : `\`${id}\``,
    ...(links.length === 0 ? [] : [links.join(', ')]),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const marked = (flag: string | undefined): string =>
  flag === undefined ? '' : ` **(${inline(flag)})**`;

function table(head: readonly string[], rows: readonly (readonly Remark[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(head.map(inline)),
    row(head.map(() => '---')),
    ...rows.map((cells) => row(cells.map(remark))),
  ].join('\n');
}

/** Escapes text in the middle of a line, so that nothing in it is read as Markdown or HTML. */
const inline = (text: string): string =>
  text
    .replaceAll(/[\\`*[\]<>~|]/g, '\\$&')
    // An underscore inside a word has no meaning: keep `snake_case` readable.
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll(/&(?=#|[A-Za-z])/g, '\\&');

/** Escapes text at the beginning of a line, where a few more characters have a meaning. */
const line = (text: string): string =>
  inline(text)
    .replace(/^[#+\-=]/, '\\$&')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
