import canonicalize from 'canonicalize';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { Change } from '../../workflows/contracts/revision.ts';

/** Whether a change is an edit of which a summary that is written anew leaves nothing. Pure. */
export const isOfSummaryOnly = (change: Change, before: Minutes, after: Minutes): boolean =>
  change.kind === 'edit' &&
  change.edited.file === 'minutes' &&
  canonicalize(keptFacts(before)) === canonicalize(keptFacts(after));

/** What a person may change of minutes, and a summary that is written anew keeps. */
const keptFacts = ({ title, date, attendees = [], speakers }: Minutes) => ({
  title,
  date,
  attendees,
  speakers,
});
