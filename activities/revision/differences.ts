import canonicalize from 'canonicalize';
import { diffArrays } from 'diff';
import type { Approval } from '../../workflows/contracts/approval.ts';
import type { ActionItem, Minutes, Statement } from '../../workflows/contracts/minutes.ts';
import type { Difference } from '../../workflows/contracts/version-changes.ts';
import type { Documents } from './documents.ts';

/**
 * What is different between two versions, as a person reads them: statement by statement and segment by segment. Times
 * of citations and numbers of segments follow from the rest, and are left out. Pure.
 */
export function differencesOf(before: Documents, after: Documents): Difference[] {
  const [was, is] = [listsOf(before.minutes), listsOf(after.minutes)];
  const fields = new Set([...was.keys(), ...is.keys()]);
  return [
    ...[...fields].flatMap((field) =>
      inLists(was.get(field) ?? [], is.get(field) ?? []).map((pair) => ({
        file: 'minutes' as const,
        field,
        ...pair,
      })),
    ),
    ...inLists(segmentsOf(before), segmentsOf(after)).map((pair) => ({
      file: 'transcript' as const,
      field: 'segments',
      ...pair,
    })),
  ];
}

type Value = Difference['was'];

/** Everything that can differ, as lists: a single value is a list of one, or of none where it is null. */
const listsOf = (minutes: Minutes): ReadonlyMap<string, readonly Value[]> =>
  new Map<string, readonly Value[]>([
    ['approval', minutes.approval === null ? [] : [approvalOf(minutes.approval)]],
    ['title', [minutes.title]],
    ['date', minutes.date === null ? [] : [minutes.date]],
    ['attendees', minutes.attendees ?? []],
    ['language', minutes.language === null ? [] : [minutes.language]],
    [
      'speakers',
      minutes.speakers.map(({ id, name, joined }) => ({ id, name, ...(joined && { joined }) })),
    ],
    ['summary', minutes.summary === '' ? [] : [minutes.summary]],
    ['keyPoints', minutes.keyPoints.map(statement)],
    ['decisions', minutes.decisions.map(statement)],
    ['actionItems', minutes.actionItems.map(actionItem)],
    ['openQuestions', minutes.openQuestions.map(statement)],
    ...minutes.sections.map(({ id, items }) => [`sections.${id}`, items.map(statement)] as const),
  ]);

/** Without its times: every change of a draft waits anew. */
function approvalOf(approval: Approval): Value {
  const { state } = approval;
  switch (state) {
    case 'draft':
      return { state, asked: approval.asked };
    case 'returned':
      return { state, by: approval.by, remark: approval.remark };
    case 'approved':
      return { state, by: approval.by };
  }
}

const statement = (one: Statement) => ({ text: one.text, ...checked(one) });
const actionItem = (one: ActionItem) => ({
  task: one.task,
  owner: one.owner,
  due: one.due,
  dueText: one.dueText,
  ...checked(one),
});
const checked = ({ citations, verified, unsupported }: Statement | ActionItem) => ({
  quotes: citations.map(({ quote }) => quote),
  verified,
  ...(unsupported && { unsupported }),
});

const segmentsOf = ({ transcript }: Documents): Value[] =>
  transcript.segments.map(({ start, end, speaker, language, text, mayBeInvented }) => ({
    start,
    end,
    speaker,
    language,
    text,
    ...(mayBeInvented && { mayBeInvented }),
  }));

/**
 * Where two lists differ. What was taken out and what was put in at the same place are one difference each. Lists that
 * have almost nothing in common are compared by place: to align them would take minutes.
 */
function inLists(
  before: readonly Value[],
  after: readonly Value[],
): Pick<Difference, 'was' | 'is'>[] {
  const [was, is] = [before, after].map((list) => list.map((value) => canonicalize(value) ?? ''));
  const parts = diffArrays(was ?? [], is ?? [], { maxEditLength: MOST_EDITS });
  if (parts === undefined) {
    return paired(before, after).filter((pair) => canonicalize(pair.was) !== canonicalize(pair.is));
  }
  const differences: Pick<Difference, 'was' | 'is'>[] = [];
  let [from, to] = [0, 0];
  let gone: readonly Value[] = [];
  let come: readonly Value[] = [];
  for (const { added, removed, count } of [...parts, { added: false, removed: false, count: 0 }]) {
    if (removed) gone = [...gone, ...before.slice(from, from + count)];
    if (added) come = [...come, ...after.slice(to, to + count)];
    if (!added && !removed) {
      differences.push(...paired(gone, come));
      [gone, come] = [[], []];
    }
    if (!added) from += count;
    if (!removed) to += count;
  }
  return differences;
}

const MOST_EDITS = 2_000;

const paired = (removed: readonly Value[], added: readonly Value[]) =>
  Array.from({ length: Math.max(removed.length, added.length) }, (_, index) => ({
    was: removed[index] ?? null,
    is: added[index] ?? null,
  }));
