import { createRandom } from '../../../local/inference-server/models/random.ts';
import type { Phrasebook } from './phrasebook.ts';

/** The day of every generated meeting: a Monday. */
export const MEETING_DATE = '2026-03-02';

const SENTENCES = 40;
const DECISIONS = 4;
const ACTIONS = 5;
const QUESTIONS = 3;
const DISTRACTORS = 10;

export interface GeneratedMeeting {
  readonly sentences: readonly string[];
  readonly decisions: readonly string[];
  readonly openQuestions: readonly string[];
  /** `owner` is null where the speaker is meant. */
  readonly actionItems: readonly {
    readonly sentence: string;
    readonly owner: string | null;
    readonly due: string | null;
  }[];
  /** Sentences that may be listed as open or not. */
  readonly mayBeOpen: readonly string[];
}

/** A meeting of 40 sentences with known content, made of a phrasebook by a seed: the same seed, the same meeting. */
export function generateMeeting(book: Phrasebook, seed: number): GeneratedMeeting {
  const random = createRandom(`meeting ${seed}`).number;
  const drawFrom = <T>(items: readonly T[], count: number): T[] => {
    const left = [...items];
    return Array.from({ length: count }, () => {
      // A list that is used up begins again.
      if (left.length === 0) left.push(...items);
      return left.splice(Math.floor(random() * left.length), 1)[0] as T;
    });
  };
  const one = <T>(items: readonly T[]): T => drawFrom(items, 1)[0] as T;
  // Nobody says the same thing twice: a summary would list it once.
  const decks = new Map<readonly unknown[], unknown[]>();
  const next = <T>(items: readonly T[]): T => {
    const deck = decks.get(items)?.length
      ? (decks.get(items) as T[])
      : drawFrom(items, items.length);
    decks.set(items, deck);
    return deck.pop() as T;
  };
  const fill = (template: string) => {
    const name = one(book.names);
    const [due, day] = one(book.dues);
    const words: Readonly<Record<string, string>> = {
      name,
      due,
      plan: template.includes('{plan}') ? next(book.plans) : '',
      option: template.includes('{option}') ? next(book.options) : '',
      thing: template.includes('{thing}') ? next(book.things) : '',
      task: template.includes('{task}') ? next(book.tasks) : '',
    };
    const text = template.replace(/\{(\w+)\}/gu, (_, slot: string) => words[slot] ?? '');
    return {
      text: text.charAt(0).toUpperCase() + text.slice(1),
      owner: template.includes('{name}') ? name : null,
      due: template.includes('{due}') ? day : null,
    };
  };

  const facts = drawFrom(book.facts, SENTENCES);
  const decisions = drawFrom(book.decisions, DECISIONS).map((said) => fill(said).text);
  const actions = drawFrom(book.actions, ACTIONS).map(fill);
  const questions = drawFrom(book.questions, QUESTIONS).map((said) => fill(said).text);
  const distractors = drawFrom(book.distractors, DISTRACTORS).map(({ said, mayBeOpen = false }) => {
    const [first = '', ...more] = said.map((template) => fill(template).text);
    return { said: [first, ...more], mayBeOpen };
  });
  const blocks: string[][] = [
    ...decisions.map((text) => [text]),
    ...actions.map(({ text }) => [text]),
    // Nobody answers: somebody speaks of something else.
    ...questions.map((text) => [text, facts.pop() ?? '']),
    ...distractors.map(({ said }) => said),
  ];
  const rest = SENTENCES - blocks.flat().length;
  const all = drawFrom(
    [...blocks, ...facts.slice(0, rest).map((text) => [text])],
    blocks.length + rest,
  );
  return {
    sentences: all.flat(),
    decisions,
    openQuestions: questions,
    actionItems: actions.map(({ text, owner, due }) => ({ sentence: text, owner, due })),
    mayBeOpen: distractors.flatMap(({ said, mayBeOpen }) => (mayBeOpen ? said : [])),
  };
}
