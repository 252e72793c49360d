import { parseReason } from '../../../workflows/contracts/degradation-reason.ts';
import { picksByRules } from '../../../workflows/contracts/picks-by-rules.ts';
import { editWith, type Wording } from './edits.ts';
import type { ExplainedItem, Written } from './explanation.ts';
import type { Version } from './read-version.ts';

/** How `activities/summary/extractive-summary.ts` finds each kind of statement. */
const RULES: Readonly<Record<ExplainedItem['kind'], string>> = {
  summary: 'the sentences nearest to what the whole meeting was about; decisions count double',
  keyPoint: 'a sentence near to what the whole meeting was about, and not in the summary',
  decision:
    'a sentence with words that people decide with, such as "we agreed", or the proposal before a bare "Agreed."',
  actionItem:
    'a sentence in which somebody promises something or is asked to do it, such as "I will" or "could you"',
  openQuestion:
    'a question that the next sentence does not answer, or a sentence which says that something is open',
  section: 'a sentence that fits the section',
};

/** Finds who wrote an item, from the ids of the segments that it cites; none: it is about all of the meeting. */
export function createWrittenBy({ minutes, transcript, provenance, edits }: Version) {
  const insteadOf = minutes.degradations
    .filter(({ stage, level }) => stage === 'summarize' && level === 'simplified')
    .map(({ reason }) => reasonOf(reason));
  const orderOf = new Map(transcript.segments.map(({ id }, order) => [id, order]));
  const sections = provenance?.summary.sections ?? [];
  const joins = provenance?.summary.joins ?? [];
  // Where models were asked first, the rules stand after them.
  const last = minutes.engines.summarize.at(-1)?.target;
  const isByRules = last !== undefined && picksByRules(last);
  const by = isByRules ? 'rules' : provenance === null ? 'unknown' : 'model';

  /** The indexes of the sections that hold one of these segments. */
  const sectionsWith = (segmentIds: readonly string[]): number[] => {
    const orders = segmentIds.flatMap((id) => orderOf.get(id) ?? []);
    return sections.flatMap(({ first, last, callKey }, index) => {
      const [from, to] = [orderOf.get(first) ?? 0, orderOf.get(last) ?? Infinity];
      const isRead = segmentIds.length === 0 || orders.some((at) => at >= from && at <= to);
      return isRead && callKey !== null ? [index] : [];
    });
  };

  return (
    kind: ExplainedItem['kind'],
    wording: Wording,
    segmentIds: readonly string[],
  ): Written => {
    const edit = editWith(edits, wording);
    if (edit !== null) return byPerson(edit);
    const read = sectionsWith(segmentIds);
    const used = new Set(read.flatMap((index) => sections[index]?.callKey ?? []));
    const top = joins.at(-1)?.callKey ?? sections.find(({ callKey }) => callKey !== null)?.callKey;
    // Level by level: what joined an answer that was used is used.
    for (const { callKey, of } of joins) if (of.some((key) => used.has(key))) used.add(callKey);
    const callKey = top ?? null;
    return {
      by,
      edit: null,
      rule: by === 'rules' ? RULES[kind] : null,
      callKey,
      from: [...used].filter((key) => key !== callKey),
      sections: read.map((index) => index + 1),
      ofSections: sections.length,
      insteadOf,
    };
  };
}

/** No call has it in its answer. */
function byPerson(edit: NonNullable<ReturnType<typeof editWith>>): Written {
  const none = { rule: null, callKey: null, from: [], sections: [], ofSections: 0, insteadOf: [] };
  if (edit === 'unknown') return { ...none, by: 'unknown', edit: null };
  const { version, by, at } = edit;
  return { ...none, by: 'person', edit: { version, by, at } };
}

/** The item, once it is known which target its writer's call went to. */
export function withWriter(item: ExplainedItem, target: string | undefined): ExplainedItem {
  if (target === undefined) return item;
  const isByRules = picksByRules(target);
  const rule = isByRules ? RULES[item.kind] : null;
  return { ...item, written: { ...item.written, by: isByRules ? 'rules' : 'model', rule } };
}

/** `mixtral: TargetExhausted` as its parts. */
export function reasonOf(reason: string): Written['insteadOf'][number] {
  const parsed = parseReason(reason);
  return parsed?.kind === 'target_failed'
    ? { target: parsed.target, reason: parsed.failure }
    : { target: null, reason };
}
