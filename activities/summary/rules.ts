import type { Length, List } from '../../workflows/contracts/template.ts';
import type { Outline } from './outline.ts';

/** What an answer must contain: the part of the prompt that a template changes. */
export function rulesFor({ lists, sections, tone, length }: Outline): string {
  const most = MOST[length];
  return [
    'Answer with one JSON object and nothing else:',
    `- summary: what was discussed and what came of it, in at most ${most.summary}.`,
    ...LIST_RULES.filter(({ list }) => lists.includes(list)).map(({ rule }) => rule(most.points)),
    ...(sections.length === 0 ? [] : sectionRules(sections, most.points)),
    CITATION_RULES,
    ...(tone === null ? [] : [`Tone: ${tone}`]),
  ].join('\n');
}

const MOST: Readonly<Record<Length, { readonly summary: string; readonly points: number }>> = {
  short: { summary: 'three sentences', points: 5 },
  medium: { summary: 'two short paragraphs', points: 8 },
  long: { summary: 'five paragraphs', points: 15 },
};

/** In the order of the fields of an answer. */
const LIST_RULES: readonly { readonly list: List; readonly rule: (points: number) => string }[] = [
  {
    list: 'keyPoints',
    rule: (points) =>
      `- keyPoints: at most ${points} facts or arguments that a person who was absent must know.`,
  },
  {
    list: 'decisions',
    rule: () => '- decisions: only what was agreed or decided. A proposal is not a decision.',
  },
  { list: 'openQuestions', rule: () => '- openQuestions: what was asked and not answered.' },
  {
    list: 'actionItems',
    rule: () =>
      `- actionItems: task; owner, only as named in the words, else null; dueText, the words that say when, exactly as
  spoken, else null.`,
  },
];

/** All sections together: what an answer has room for, with its citations, in the smallest context. */
const ENTRIES_OF_ALL = 40;

function sectionRules(sections: Outline['sections'], points: number): string[] {
  const most = Math.max(2, Math.min(points, Math.floor(ENTRIES_OF_ALL / sections.length)));
  return [
    `- sections: for each of these keys a list of at most ${most} entries, each with text and citations. Behind the key stand`,
    '  its title and what the readers want to find there:',
    ...sections.map(
      ({ id, title, instruction }) => `  - ${id}: ${JSON.stringify(title)}. ${instruction}`,
    ),
  ];
}

const CITATION_RULES = `Give each entry 1 or 2 citations: segmentIds, in order, and quote, at most 30 words copied letter by letter from
those segments. Leave out what you cannot cite. Invent nothing: no names, dates or numbers that are not there.
An empty list is a good answer.`;
