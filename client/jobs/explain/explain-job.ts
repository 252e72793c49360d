import type { Database } from '../../../adapters/database/create-database.ts';
import type { JobLibrary, JobRow } from '../../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { itemsOf } from '../../../workflows/contracts/minutes-items.ts';
import { InvalidOptionError } from '../../config.ts';
import { callKeysOf, createExplainItem } from './explain-item.ts';
import { explainCalls } from './explain-calls.ts';
import type { ExplainedItem, Explanation } from './explanation.ts';
import { readVersion, type Version } from './read-version.ts';
import { withWriter } from './written-by.ts';

/**
 * Where every statement of the minutes that the row shows comes from, or the one with this id: the words, the place in
 * the recording, the calls and their rows in the ledger. Reads only. Throws `NoResultError`, and `InvalidOptionError` for
 * an item that there is not.
 *
 * @param wanted `item`: as `itemId` has it, or `summary`; absent: all of them
 */
export async function explainJob(
  row: JobRow,
  {
    store,
    database,
    library,
  }: {
    readonly store: ObjectStore;
    readonly database: Database;
    readonly library: Pick<JobLibrary, 'versions'>;
  },
  wanted: { readonly item?: string | undefined },
): Promise<Explanation> {
  const version = await readVersion(row, store, library);
  const { minutes, provenance } = version;
  const items = chosen(row, allItems(version), wanted.item);
  const isSpoken = items.some(({ citations, sentences = [] }) =>
    [{ citations }, ...sentences].some((cited) =>
      cited.citations.some(({ speaker }) => speaker !== null),
    ),
  );
  const speakers = speakersOf(version);
  const callKeys = [
    ...items.flatMap(callKeysOf),
    ...(isSpoken && speakers.callKey !== null ? [speakers.callKey] : []),
  ];
  const calls =
    provenance === null
      ? []
      : await explainCalls([...new Set(callKeys)], {
          ...version,
          provenance,
          row,
          store,
          database,
        });
  const targets = new Map(calls.map(({ callKey, answer }) => [callKey, answer?.target]));
  return {
    schemaVersion: 1,
    id: row.id,
    tenant: row.tenant,
    version: minutes.version,
    status: minutes.status,
    approval: minutes.approval,
    template: minutes.template,
    source: { kind: minutes.source.kind, name: minutes.source.name },
    speakers,
    isTraced: provenance !== null,
    gaps: minutes.coverage.gaps,
    items: items.map((item) => withWriter(item, targets.get(item.written.callKey ?? ''))),
    calls,
  };
}

function allItems(version: Version): ExplainedItem[] {
  const { minutes } = version;
  const explain = createExplainItem(version);
  const hasSummary = minutes.summary.trim() !== '';
  return [
    ...(hasSummary ? [explain.summary(minutes.summary)] : []),
    ...itemsOf(minutes).map((item) => explain.item(item)),
  ];
}

function chosen(
  { id }: JobRow,
  items: ExplainedItem[],
  wanted: string | undefined,
): ExplainedItem[] {
  if (wanted === undefined) return items;
  const found = items.filter((item) => item.id === wanted.trim().toLowerCase());
  if (found.length > 0) return found;
  const ids = items.map((item) => item.id).join(', ');
  throw new InvalidOptionError(
    items.length === 0
      ? `the minutes of job ${id} have no statements`
      : `the minutes of job ${id} have no item ${JSON.stringify(wanted.slice(0, 40))}: they have ${ids}`,
  );
}

/** Tracks know better than a call: see `activities/speakers/who-spoke.ts`. */
function speakersOf({ minutes, provenance }: Version): Explanation['speakers'] {
  if (minutes.speakers.length === 0) return { by: 'nobody', callKey: null };
  if (minutes.source.kind === 'transcript') return { by: 'transcript', callKey: null };
  if ((minutes.sound?.tracks.length ?? 1) > 1) return { by: 'tracks', callKey: null };
  return { by: 'call', callKey: provenance?.diarize ?? null };
}
