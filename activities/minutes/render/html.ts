import { createHash } from 'node:crypto';
import type { Block, Document, Remark, PrintedSegment } from './document.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { keptAtLineEnd, phrasesFor } from './phrases.ts';

/**
 * The document as one self-contained page. It loads only the picture, which is a data URL or a file beside the page, and
 * the recording, if `client/jobs/add-recording.ts` put one there. The page's own content security policy enforces this,
 * whatever a text contains, and lets no script run but the page's own.
 */
export function renderHtml(document: Document, picture: string | null): string {
  const title = escapeHtml(document.title);
  const { glance } = document;
  const { page: words, separators } = phrasesFor(document.language);
  const separator = `<span aria-hidden="true">${keptAtLineEnd(separators.facts)}</span>`;
  return `<!doctype html>
<html lang="${escapeHtml(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Hansard">
<meta name="hansard-audio" content="">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<search class="bar" hidden>
<input type="search" aria-label="${escapeHtml(words.search)}" placeholder="${escapeHtml(words.search)}" aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
<button type="button" aria-label="${escapeHtml(words.previous)}">↑</button>
<button type="button" aria-label="${escapeHtml(words.next)}">↓</button>
<output></output>
</search>
<main>
<header>
<h1 dir="auto">${title}</h1>
<p class="facts">${document.facts.map((fact) => `<bdi>${escapeHtml(fact)}</bdi>`).join(separator)}</p>
<p class="glance"><strong class="${glance.isComplete ? 'complete' : 'partial'}">${escapeHtml(glance.status)}</strong>${glance.facts.map((fact) => `${separator}<bdi>${escapeHtml(fact)}</bdi>`).join('')}</p>
</header>
${sections(document.blocks, picture)}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

const digestOf = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

const POLICY = [
  "default-src 'none'",
  "img-src data: 'self' file:",
  "media-src 'self' file:",
  `style-src ${digestOf(PAGE_STYLE)}`,
  `script-src ${digestOf(PAGE_SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The blocks before the first heading, then one `<section>` for each heading. */
function sections(blocks: readonly Block[], picture: string | null): string {
  const parts: string[] = [];
  let open = false;
  for (const block of blocks) {
    if (block.kind === 'heading') {
      if (open) parts.push('</section>');
      const id = escapeHtml(block.id);
      parts.push(`<section id="${id}" aria-labelledby="${id}-heading">`);
      parts.push(`<h2 id="${id}-heading" dir="auto">${escapeHtml(block.text)}</h2>`);
      open = true;
    } else {
      parts.push(renderBlock(block, picture));
    }
  }
  if (open) parts.push('</section>');
  return parts.filter((part) => part !== '').join('\n');
}

function renderBlock(block: Exclude<Block, { kind: 'heading' }>, picture: string | null): string {
  switch (block.kind) {
    case 'subheading':
      return `<h3 dir="auto">${escapeHtml(block.text)}</h3>`;
    case 'paragraph':
      return `<p${block.tone === 'quiet' ? ' class="quiet"' : ''} dir="auto">${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li${anchor(item)} dir="auto">${remark(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return table(block.head, block.rows);
    case 'facts':
      return `<dl>\n${block.rows
        .map(
          ({ name, values, digest }) =>
            `<dt>${escapeHtml(name)}</dt>\n${values.map((value) => `<dd${digest === true ? ' class="digest"' : ''}>${escapeHtml(value)}</dd>`).join('\n')}`,
        )
        .join('\n')}\n</dl>`;
    case 'figure':
      return picture === null
        ? ''
        : `<figure><img src="${escapeHtml(picture)}" alt="${escapeHtml(block.alternative)}"><figcaption>${escapeHtml(block.caption)}</figcaption></figure>`;
    case 'note': {
      const lines = block.lines.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n');
      return `<aside class="note ${block.tone}" role="note">\n<p>${escapeHtml(block.title)}</p>${lines && `\n<ul>\n${lines}\n</ul>`}\n</aside>`;
    }
    case 'transcript':
    default:
      return `<div class="transcript">\n${block.lines.map(transcriptLine).join('\n')}\n</div>`;
  }
}

function table(head: readonly string[], rows: readonly (readonly Remark[])[]): string {
  const headings = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map((row) => {
    // On a phone the rows become cards, so each cell carries the name of its column.
    const cells = row.map(
      (cell, index) =>
        `<td${anchor(cell)} data-column="${escapeHtml(head[index] ?? '')}">${remark(cell)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>\n<thead><tr>${headings}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

function remark({ id, text, quiet, sources = [], flag }: Remark): string {
  const links = sources.map(
    ({ label, quote, segmentId, at }) =>
      `<a class="source" href="#${escapeHtml(segmentId)}"${placed(at)} title="${escapeHtml(quote)}">${escapeHtml(label)}</a>`,
  );
  return [
    text === ''
      ? ''
      : `<span dir="auto"${quiet === true ? ' class="quiet"' : ''}>${escapeHtml(text)}</span>`,
    marked(flag),
    id === undefined ? '' : `<span class="id">${escapeHtml(id)}</span>`,
    ...links,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const anchor = ({ id }: Remark): string => (id === undefined ? '' : ` id="${escapeHtml(id)}"`);

const marked = (flag: string | undefined): string =>
  flag === undefined ? '' : `<strong class="flag">${escapeHtml(flag)}</strong>`;

const placed = (at: number | null): string => (at === null ? '' : ` data-at="${at}"`);

function transcriptLine({ id, time, at, speaker, language, text, flag }: PrintedSegment): string {
  const lang = language === null ? '' : ` lang="${escapeHtml(language)}"`;
  const voice = speaker === null ? '' : `<b><bdi>${escapeHtml(speaker)}</bdi></b> `;
  const anchor = escapeHtml(id);
  return `<p id="${anchor}"${placed(at)}><a class="time" href="#${anchor}">${escapeHtml(time ?? id)}</a><span dir="auto"${lang}>${voice}${escapeHtml(text)}${flag === undefined ? '' : ` ${marked(flag)}`}</span></p>`;
}

/** For text, and for attributes in double quotes. */
const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
