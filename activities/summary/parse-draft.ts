import type { AnswerFault } from './answer-fault.ts';
import { STANDARD, type Outline } from './outline.ts';
import {
  speakerClaimSchema,
  summaryDraftSchema,
  type SpeakerClaim,
  type SummaryDraft,
} from '../../workflows/contracts/summary-draft.ts';
import type { List } from '../../workflows/contracts/template.ts';

/** A model's answer is not a summary. The message contains no words of the answer. */
export class DraftError extends Error {
  override readonly name = 'DraftError';
  readonly fault: AnswerFault;

  constructor(fault: AnswerFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/**
 * The summary in a model's answer: the last JSON object that is one, possibly inside code fences, prose or another
 * object. Drafts in the model's thoughts come before it. Repairs harmless mistakes (missing lists, empty entries, too
 * many or too long ones), and leaves out lists and sections that the outline does not have. Throws DraftError if there is
 * no such object.
 */
export const parseDraft = (text: string, outline: Outline = STANDARD): SummaryDraft =>
  findDraft(text, outline).draft;

/** Who speaks, as the same object says; what is no claim is left out. Throws the same error. */
export const parseSpeakerClaims = (text: string, outline: Outline = STANDARD): SpeakerClaim[] =>
  entries(findDraft(text, outline).object['speakers'], MOST_SPEAKERS).flatMap((entry) => {
    const { id, name, citation } = entry;
    const [claim] = claims([citation]);
    const parsed = speakerClaimSchema.safeParse({ id, name: toText(name, 100), citation: claim });
    return parsed.success ? [parsed.data] : [];
  });

const MOST_SPEAKERS = 200;

function findDraft(
  text: string,
  outline: Outline,
): { readonly object: JsonObject; readonly draft: SummaryDraft } {
  let problem = new DraftError('no_object', 'The answer holds no complete JSON object.');
  for (const object of objectsFromLast(text)) {
    if (typeof object['summary'] !== 'string') {
      problem = new DraftError(
        'wrong_fields',
        'The JSON object of the answer has no text under "summary".',
      );
      continue;
    }
    const parsed = toDraft(object, object['summary'], outline);
    if (parsed.success) return { object, draft: parsed.data };
    const paths = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    problem = new DraftError(
      'wrong_fields',
      `The JSON object of the answer is not a summary: wrong at ${paths}.`,
    );
  }
  throw problem;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const toDraft = (object: JsonObject, summary: string, { lists, sections }: Outline) => {
  const wanted = (list: List): unknown => (lists.includes(list) ? object[list] : []);
  return summaryDraftSchema.safeParse({
    summary: summary.trim().slice(0, 12_000),
    keyPoints: statements(wanted('keyPoints'), 40),
    decisions: statements(wanted('decisions'), 60),
    openQuestions: statements(wanted('openQuestions'), 60),
    actionItems: entries(wanted('actionItems'), 100).flatMap((entry) => {
      const task = toText(entry['task'], 2000);
      return task === null
        ? []
        : [
            {
              task,
              owner: toText(entry['owner'], 200),
              dueText: toText(entry['dueText'], 200),
              citations: claims(entry['citations']),
            },
          ];
    }),
    ...(sections.length > 0 && { sections: ownSections(object['sections'], sections) }),
  });
};

/** Those that the answer has. An explicit null is an answer, too: the section could not be written. */
const ownSections = (
  value: unknown,
  sections: Outline['sections'],
): NonNullable<SummaryDraft['sections']> =>
  Object.fromEntries(
    sections
      .map(({ id }) => [id, isObject(value) ? value[id] : undefined] as const)
      .filter(([, written]) => written === null || Array.isArray(written))
      .map(([id, written]) => [id, written === null ? null : statements(written, 40)]),
  );

/**
 * The objects with a `summary`, from the last to the first. Takes linear time: the text is scanned twice, and pairs of
 * braces are parsed until they held as much as four such texts, each counted as a thousand characters more.
 */
function* objectsFromLast(text: string): Generator<JsonObject> {
  let charactersLeft = 4 * text.length + 100_000;
  // An open quote in front of an object hides it from the first scan, but not from the second.
  for (const isQuoted of [false, true]) {
    let parsedFrom = Infinity;
    for (const [from, to] of bracePairs(text, isQuoted).toReversed()) {
      if (from >= parsedFrom || charactersLeft < 0) continue;
      charactersLeft -= to - from + 1000;
      try {
        yield* withSummary(JSON.parse(text.slice(from, to)));
        parsedFrom = from;
      } catch {
        // Braces inside these may hold an object.
      }
    }
  }
}

/** The object itself and those inside it. */
function* withSummary(value: unknown): Generator<JsonObject> {
  const unseen = [value];
  while (unseen.length > 0) {
    const next = unseen.pop();
    if (isObject(next) && 'summary' in next) yield next;
    if (typeof next === 'object' && next !== null)
      for (const inner of Object.values(next)) unseen.push(inner);
  }
}

/**
 * Where balanced braces with a "summary" between them begin and end, by their ends. Open braces do no harm.
 *
 * @param isQuoted whether the text begins inside a string
 */
function bracePairs(text: string, isQuoted: boolean): (readonly [from: number, to: number])[] {
  const pairs: (readonly [number, number])[] = [];
  const open: number[] = [];
  let inString = isQuoted;
  let summaryAt = -1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    // No string of JSON goes on after a line.
    else if (character === '\n') inString = false;
    else if (character === '"') {
      inString = !inString;
      if (text.startsWith('summary"', at + 1)) summaryAt = at;
    } else if (inString) continue;
    else if (character === '{') open.push(at);
    else if (character === '}') {
      const from = open.pop() ?? Infinity;
      if (from < summaryAt) pairs.push([from, at + 1]);
    }
  }
  return pairs;
}

const entries = (value: unknown, most: number): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject).slice(0, most) : [];

const statements = (value: unknown, most: number): SummaryDraft['keyPoints'] =>
  entries(value, most).flatMap((entry) => {
    const text = toText(entry['text'], 2000);
    return text === null ? [] : [{ text, citations: claims(entry['citations']) }];
  });

const claims = (value: unknown): SummaryDraft['keyPoints'][number]['citations'] =>
  entries(value, 8).map((entry) => ({
    segmentIds: Array.isArray(entry['segmentIds'])
      ? entry['segmentIds']
          .filter((id) => typeof id === 'string')
          .flatMap((id) => id.match(/s[1-9]\d*/gu) ?? [])
          .slice(0, 20)
      : [],
    quote: toText(entry['quote'], 600) ?? '',
  }));

/** Null for values that are not text, and for words that models write instead of null. */
function toText(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim().slice(0, most);
  return /^(?:null|none|n\/a|unknown|-)?$/iu.test(text) ? null : text;
}
