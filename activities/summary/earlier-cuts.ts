import { revisionsPrefix, sectionsKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { SectionsReference } from '../../workflows/contracts/summarizing.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { EarlierCut } from './rest-of-transcript.ts';
import { readSectionsAhead } from './sections-ahead.ts';
import { sectionsSchema, type Section } from './sections.ts';

interface StoredCut extends EarlierCut<Section> {
  /** As in `sectionsSchema`. */
  readonly transcriptSha256: string | null;
}

/**
 * The cuts of a job for these tokens and this outline, whose answers may be paid for: of its last run, of a run that cut
 * ahead, and for a revision those of the revisions before it.
 *
 * @param outline `outlineKey` of the template
 */
export async function readEarlierCuts(
  store: ObjectStore,
  at: Pick<SectionsReference, 'tenant' | 'jobId' | 'contextTokens' | 'revision'>,
  outline: string,
): Promise<StoredCut[]> {
  const { tenant, jobId, contextTokens, revision } = at;
  const ofJob = sectionsKey(tenant, jobId, 0, contextTokens);
  const keys = revision === undefined ? [ofJob] : [ofJob, ...(await ofRevisions(store, at))];
  const stored = await mapConcurrent(keys, (key) => store.findJson(key, sectionsSchema));
  const whole = stored.flatMap((cut) =>
    cut?.outline === outline
      ? [{ sections: cut.sections, isWhole: true, transcriptSha256: cut.transcriptSha256 }]
      : [],
  );
  const ahead = await readSectionsAhead(store, at, outline);
  return [...whole, { sections: ahead, isWhole: false, transcriptSha256: null }];
}

/** The latest first. */
async function ofRevisions(
  store: ObjectStore,
  { tenant, jobId, contextTokens }: Parameters<typeof readEarlierCuts>[1],
): Promise<string[]> {
  const prefix = revisionsPrefix(tenant, jobId);
  const file = sectionsKey(tenant, jobId, 0, contextTokens).split('/').slice(-2).join('/');
  const found: { readonly key: string; readonly at: number }[] = [];
  for await (const { key, lastModified } of store.list(prefix)) {
    if (key.endsWith(`/${file}`)) found.push({ key, at: lastModified.getTime() });
  }
  const latest = found.toSorted((a, b) => b.at - a.at).slice(0, MOST_REVISIONS);
  return latest.map(({ key }) => key);
}

/** What was cut longer ago says less of the transcript that is corrected now. */
const MOST_REVISIONS = 10;
