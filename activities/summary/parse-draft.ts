import { summaryDraftSchema, type SummaryDraft } from '../../workflows/contracts/summary-draft.ts';

/** A model's answer is not a summary. The message contains no words of the answer. */
export class DraftError extends Error {
  override readonly name = 'DraftError';
}

/**
 * The summary in a model's answer: one JSON object, possibly inside code fences or prose. Repairs harmless mistakes
 * (missing lists, empty entries, too many or too long ones). Throws DraftError if there is no such object.
 */
export function parseDraft(text: string): SummaryDraft {
  const object = findObject(text);
  if (object === null) throw new DraftError('The answer holds no complete JSON object.');
  if (typeof object['summary'] !== 'string') {
    throw new DraftError('The JSON object of the answer has no text under "summary".');
  }
  const parsed = summaryDraftSchema.safeParse({
    summary: object['summary'].trim().slice(0, 12_000),
    keyPoints: statements(object['keyPoints'], 40),
    decisions: statements(object['decisions'], 60),
    openQuestions: statements(object['openQuestions'], 60),
    actionItems: entries(object['actionItems'], 100).flatMap((entry) => {
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
  });
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new DraftError(`The JSON object of the answer is not a summary: wrong at ${paths}.`);
  }
  return parsed.data;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first balanced object that parses as a summary: reasoning text before it may contain braces. */
function findObject(text: string): JsonObject | null {
  // Limited, because scanning to the end for every brace of a long broken answer takes quadratic time.
  let triesLeft = 200;
  for (
    let from = text.indexOf('{');
    from !== -1 && triesLeft > 0;
    from = text.indexOf('{', from + 1)
  ) {
    triesLeft -= 1;
    const to = endOfObject(text, from);
    if (to === null) continue;
    try {
      const value: unknown = JSON.parse(text.slice(from, to));
      if (isObject(value) && 'summary' in value) return value;
    } catch {
      // Try the next brace.
    }
  }
  return null;
}

function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return at + 1;
  }
  return null;
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
