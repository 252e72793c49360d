import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { findActionItems } from './find-action-items.ts';
import { findDecisions } from './find-decisions.ts';
import { findOpenQuestions } from './find-open-questions.ts';
import { listOf, STANDARD, type Outline } from './outline.ts';
import { rankSentences } from './rank-sentences.ts';
import { sentencesOf, type Sentence, type Spoken } from '../transcript/sentence-stream.ts';
import { isUnspaced } from '../transcript/text.ts';

/** The label of this engine in the minutes. */
export const EXTRACTIVE_LABEL = 'extractive-v1: sentences picked by rules, no language model';

/**
 * A summary made of the meeting's own sentences, chosen by rules and position: the last level of degradation and the
 * local `extractive-v1` model. It finds plain statements ("we decided", "Anna will") and misses others. Every quote is
 * verbatim. Deterministic. Rules cannot follow an instruction: of the outline's own sections they fill those that are like a
 * list, and the others are null.
 */
export function extractiveDraft(
  segments: readonly Spoken[],
  language: string | null,
  outline: Outline = STANDARD,
): SummaryDraft {
  const sentences = sentencesOf(segments, language).filter(({ text }) =>
    /[\p{L}\p{N}]/u.test(text),
  );
  const decisions = findDecisions(sentences);
  const actions = findActionItems(sentences);
  const questions = findOpenQuestions(sentences).filter(
    (sentence) => !actions.some((action) => action.sentence === sentence),
  );
  const taken = new Set([...decisions, ...questions, ...actions.map(({ sentence }) => sentence)]);
  const decided = new Set(decisions);
  const tellsWhat = sentences.filter((sentence) => decided.has(sentence) || !taken.has(sentence));
  const summary = choose(
    // If there are only tasks and questions, they are what the meeting was about.
    tellsWhat.some((sentence) => plainness(sentence) > 0) ? tellsWhat : sentences,
    Math.max(2, Math.min(6, Math.ceil(sentences.length / 6))),
    (sentence, position) =>
      plainness(sentence) * (decided.has(sentence) ? 2 : position < 3 ? 1.5 : 1),
  );
  for (const sentence of summary) taken.add(sentence);
  const keyPoints = choose(
    sentences.filter((sentence) => !taken.has(sentence)),
    Math.min(8, Math.ceil(sentences.length / 5)),
    plainness,
  );
  const { lists, sections } = outline;
  const found = {
    keyPoints: keyPoints.map(toStatement),
    decisions: decisions.map(toStatement),
    openQuestions: questions.map(toStatement),
    actionItems: actions.map(({ sentence }) => toStatement(sentence)),
  };
  return withinLimits({
    summary: join(summary.map(({ text }) => text)),
    keyPoints: lists.includes('keyPoints') ? found.keyPoints : [],
    decisions: lists.includes('decisions') ? found.decisions : [],
    openQuestions: lists.includes('openQuestions') ? found.openQuestions : [],
    actionItems: (lists.includes('actionItems') ? actions : []).map(
      ({ sentence, task, owner, dueText }) => ({
        task,
        owner,
        dueText,
        citations: toStatement(sentence).citations,
      }),
    ),
    ...(sections.length > 0 && {
      sections: Object.fromEntries(
        sections.map(({ id }) => {
          const list = listOf(id);
          return [id, list === null ? null : found[list]];
        }),
      ),
    }),
  });
}

/** Merges drafts in order: duplicates are removed, and every draft gives its share of summary and key points. */
export function mergeExtractiveDrafts(drafts: readonly SummaryDraft[]): SummaryDraft {
  const summaries = drafts.map(({ summary }) => [
    ...new Set(sentencesOf([{ id: 's1', text: summary }], null).map(({ text }) => text)),
  ]);
  const keyPoints = drafts.map((draft) => draft.keyPoints);
  return withinLimits({
    summary: join(takeEvenly(summaries, SUMMARY_SENTENCES)),
    keyPoints: takeEvenly(keyPoints, KEY_POINTS),
    decisions: drafts.flatMap((draft) => draft.decisions),
    openQuestions: drafts.flatMap((draft) => draft.openQuestions),
    actionItems: drafts.flatMap((draft) => draft.actionItems),
    ...(drafts.some(({ sections }) => sections !== undefined) && {
      sections: mergedSections(drafts),
    }),
  });
}

/** A section is null if no draft has it. */
function mergedSections(drafts: readonly SummaryDraft[]): NonNullable<SummaryDraft['sections']> {
  const ids = new Set(drafts.flatMap(({ sections = {} }) => Object.keys(sections)));
  return Object.fromEntries(
    [...ids].map((id) => {
      const written = drafts.flatMap(({ sections = {} }) => (sections[id] ? [sections[id]] : []));
      return [id, written.length === 0 ? null : written.flat()];
    }),
  );
}

/** Longest summary of a long meeting that is still readable. */
const SUMMARY_SENTENCES = 10;
const KEY_POINTS = 16;

const toStatement = ({ text, segmentIds }: Sentence): SummaryDraft['keyPoints'][number] => ({
  text,
  citations: [{ segmentIds: [...segmentIds], quote: text }],
});

/** The best sentences, in the order in which they were spoken. */
function choose(
  sentences: readonly Sentence[],
  count: number,
  weightOf: (sentence: Sentence, position: number) => number,
): Sentence[] {
  const texts = sentences.map(({ text }) => text);
  return rankSentences(texts, sentences.map(weightOf), count)
    .sort((a, b) => a - b)
    .flatMap((position) => sentences[position] ?? []);
}

/** How well a sentence can be understood alone; 0: not at all. */
function plainness({ text }: Sentence): number {
  const length = isUnspaced(text) ? text.length / 2 : text.split(' ').length;
  if (length < 5 || ABOUT_THE_TALK.test(text)) return 0;
  if (COURTESY.test(text)) return length < 8 ? 0 : 0.3;
  const long = length > 45 ? 0.5 : 1;
  return long * (LEANS_ON_OTHERS.test(text) ? 0.6 : 1) * (CUE.test(text) ? 1.3 : 1);
}

/** Questions, and sentences that lead the conversation. */
const ABOUT_THE_TALK =
  /[?？]$|, please\b|\b(?:that|this) question\b|\b(?:next|first|last) (?:topic|item|point)\b|\blet(?:['’]?s| us) (?:talk|start|move on|begin)\b/iu;
const COURTESY =
  /^(?:(?:good (?:morning|afternoon|evening|day)|hello|hi|thanks?|thank you|welcome|bye|goodbye|see you|guten (?:morgen|tag)|danke|bonjour|merci|hola|gracias|buenos|大家好|大家早|早上好|谢谢|謝謝|再见|再見)(?![\p{L}](?<![\p{sc=Han}])))/iu;
const LEANS_ON_OTHERS =
  /^(?:that|this|it|they|he|she|those|these|and|but|so|because|also|then|yes|no|okay|well|das|dies|und|aber|et|mais|y|pero|那|这|這|但|所以|因为|因為|然后|然後)(?![\p{L}](?<![\p{sc=Han}]))/iu;
const CUE =
  /\b(?:important|main|problem|problems|result|results|goal|budget|deadline|percent|million|thousand|because|risk|propose|wichtig|problem|ergebnis|important|résultat|importante|resultado)\b|\d|重要|问题|問題|结果|結果|目标|目標|预算|預算|风险|風險/iu;

/** Takes items from the lists in turn and returns them in the order of the lists. */
function takeEvenly<T>(lists: readonly (readonly T[])[], most: number): T[] {
  const share = lists.map(() => 0);
  let left = most;
  for (let round = 0; left > 0 && lists.some(({ length }) => length > round); round += 1) {
    for (const [at, list] of lists.entries()) {
      if (left === 0 || list.length <= round) continue;
      share[at] = round + 1;
      left -= 1;
    }
  }
  return lists.flatMap((list, at) => list.slice(0, share[at]));
}

const join = (sentences: readonly string[]): string =>
  [...new Set(sentences)]
    .reduce((text, sentence) => {
      const space = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}。！？]$/u.test(text) ? '' : ' ';
      return `${text}${space}${sentence}`;
    }, '')
    .trim();

/** Removes repetitions and applies the limits of the draft's schema. */
const withinLimits = (draft: SummaryDraft): SummaryDraft => ({
  summary: draft.summary.slice(0, 12_000),
  keyPoints: unique(draft.keyPoints, ({ text }) => text).slice(0, 40),
  decisions: unique(draft.decisions, ({ text }) => text).slice(0, 60),
  openQuestions: unique(draft.openQuestions, ({ text }) => text).slice(0, 60),
  actionItems: unique(draft.actionItems, ({ task, owner, dueText }) =>
    [task, owner, dueText].join('\n'),
  ).slice(0, 100),
  ...(draft.sections && {
    sections: Object.fromEntries(
      Object.entries(draft.sections).map(([id, entries]) => [
        id,
        entries && unique(entries, ({ text }) => text).slice(0, 40),
      ]),
    ),
  }),
});

function unique<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const item of items) {
    const key = textOf(item)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\n]+/gu, ' ');
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}
