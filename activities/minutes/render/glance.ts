import type { Approval } from '../../../workflows/contracts/approval.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { picksByRules } from '../../../workflows/contracts/picks-by-rules.ts';
import { isVerified, statementsOf } from '../../summary/statements-of.ts';
import type { Glance } from './document.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';
import { heardPercent } from './about-minutes.ts';

/** What a reader must know before reading: whether anything is missing, who wrote the minutes, and what is proved. */
export function glanceAt(minutes: Minutes, phrases: Phrases): Glance {
  const { status, coverage } = minutes;
  const statements = statementsOf(minutes);
  const verified = statements.filter(isVerified).length;
  const isComplete = status === 'complete';
  const word = isComplete ? phrases.glance.complete : phrases.glance.partial;
  return {
    isComplete,
    status: word,
    running: [word, ...stateOf(minutes, phrases)].join(phrases.separators.facts),
    facts: [
      ...approvalOf(minutes, phrases),
      ...(minutes.source.kind === 'transcript'
        ? []
        : [
            phrases.glance.heard(
              heardPercent(minutes, phrases),
              phrases.duration(coverage.audioSeconds),
            ),
          ]),
      writtenBy(minutes, phrases),
      ...editedBy(minutes, phrases),
      ...(statements.length === 0 ? [] : [phrases.glance.verified(verified, statements.length)]),
    ],
  };
}

/** The approval in a word: a page that was taken out must not look final. */
function stateOf({ approval }: Minutes, phrases: Phrases): string[] {
  if (approval === null) return [];
  const { states } = phrases.glance;
  return [
    approval.state === 'approved' ? states.approved(approval.version) : states[approval.state],
  ];
}

/** Whether a person stands behind them. */
function approvalOf({ approval }: Minutes, phrases: Phrases): string[] {
  if (approval === null) return [];
  const { draft, approvedBy } = phrases.glance;
  const dayOf = (time: string) => phrases.day(time.slice(0, 10));
  switch (approval.state) {
    case 'draft': {
      const { asked, until } = approval;
      return [draft(asked && printableLine(asked), until && phrases.moment(until))];
    }
    case 'returned':
      return [returnedBy(approval, phrases)];
    case 'approved': {
      const { by, at, version } = approval;
      return [approvedBy(printableLine(by), dayOf(at), version)];
    }
  }
}

export const returnedBy = (
  { by, at }: Pick<Extract<Approval, { readonly state: 'returned' }>, 'by' | 'at'>,
  phrases: Phrases,
): string => phrases.glance.returnedBy(printableLine(by), phrases.day(at.slice(0, 10)));

/** Who corrected last what the minutes say still, and when. */
function editedBy({ revisions = [] }: Minutes, phrases: Phrases): string[] {
  const anew = revisions.findLastIndex(({ kind }) => kind === 'resummarize');
  const edit = revisions.findLast(
    ({ kind, outlivesSummary = true }, index) =>
      kind === 'edit' && (index > anew || outlivesSummary),
  );
  if (edit === undefined) return [];
  const { by, at, version } = edit;
  return [phrases.glance.editedBy(printableLine(by), phrases.day(at.slice(0, 10)), version)];
}

/** The extractive summary stands after the answers of the models that it replaces. */
export const isPickedByRules = ({ engines }: Minutes): boolean => {
  const last = engines.summarize.at(-1);
  return last !== undefined && picksByRules(last.target);
};

function writtenBy(minutes: Minutes, phrases: Phrases): string {
  const { engines } = minutes;
  if (engines.summarize.length === 0) return phrases.glance.unwritten;
  if (isPickedByRules(minutes)) return phrases.glance.picked;
  const models = new Set(engines.summarize.map(({ model }) => model.split('/').at(-1) ?? model));
  return phrases.glance.writtenBy(phrases.list([...models].map(printableLine)));
}
