import canonicalize from 'canonicalize';
import pMap from 'p-map';
import type { JobVersion } from '../../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import {
  minutesSchema,
  type ActionItem,
  type Minutes,
  type Statement,
} from '../../../workflows/contracts/minutes.ts';
import { itemsOf } from '../../../workflows/contracts/minutes-items.ts';
import type { Revision } from '../../../workflows/contracts/revision.ts';

/** What somebody wrote: a summary, or a statement. */
export type Wording = string | Statement | ActionItem;

/** An edit that a version has in it. */
export interface Edit {
  readonly revision: Revision;
  /** Whether it was written before the edit; null: the version before it is no longer stored. */
  readonly wasWritten: ((wording: Wording) => boolean) | null;
}

/**
 * The edits since a model last wrote all of these minutes, the newest first.
 *
 * @param versions those of the job
 */
export async function readEdits(
  minutes: Minutes,
  versions: readonly Pick<JobVersion, 'version' | 'minutesKey'>[],
  store: Pick<ObjectStore, 'findJson'>,
): Promise<Edit[]> {
  const { revisions = [] } = minutes;
  const anew = revisions.findLastIndex(({ kind }) => kind === 'resummarize');
  const edits = revisions.slice(anew + 1).filter(({ kind }) => kind === 'edit');
  return await pMap(
    edits.toReversed(),
    async (revision) => {
      const key = versions.find(({ version }) => version === revision.base)?.minutesKey;
      const base = key === undefined ? null : await store.findJson(key, minutesSchema);
      return { revision, wasWritten: base && createWasWritten(base, minutes) };
    },
    { concurrency: 8 },
  );
}

/** The edit that wrote this, `unknown` if that cannot be told any more, or null: no person did. */
export function editWith(edits: readonly Edit[], wording: Wording): Revision | 'unknown' | null {
  for (const { revision, wasWritten } of edits) {
    if (wasWritten === null) return 'unknown';
    if (!wasWritten(wording)) return revision;
  }
  return null;
}

function createWasWritten(base: Minutes, shown: Minutes): (wording: Wording) => boolean {
  const joined = new Map(
    shown.speakers.flatMap(({ id, joined: others = [] }) => others.map((other) => [other, id])),
  );
  const contentOf = (wording: Wording) => {
    if (typeof wording === 'string') return canonicalize({ summary: wording });
    if ('text' in wording) return canonicalize({ text: wording.text });
    const { task, owner, due, dueText } = wording;
    return canonicalize({
      task,
      owner: owner === null ? null : (joined.get(owner) ?? owner),
      dueText,
      // The day of "by Friday" follows a corrected date of the meeting by itself.
      due: base.date !== shown.date && dueText !== null ? null : due,
    });
  };
  const written = new Set([
    contentOf(base.summary),
    ...itemsOf(base).map(({ statement }) => contentOf(statement)),
  ]);
  return (wording) => written.has(contentOf(wording));
}
