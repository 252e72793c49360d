import { z } from 'zod';
import { speakersKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';

/** `jobs/{id}/speakers.json`: names by the ids of speakers. */
const speakersSchema = z.object({
  schemaVersion: schemaVersion(1),
  names: z.record(z.string(), z.string().min(1)),
});

type Names = Readonly<Record<string, string>>;

/** The names that the speakers of a job were given; none where nobody is named. */
export async function readNames(
  store: ObjectStore,
  { tenant, jobId }: JobReference,
): Promise<Names> {
  return (await store.findJson(speakersKey(tenant, jobId), speakersSchema))?.names ?? {};
}

/** Names that a file gives. They do not replace those that the job has. */
export const writeFirstNames = (
  store: ObjectStore,
  { tenant, jobId }: JobReference,
  names: Names,
): Promise<unknown> =>
  store.putJson(speakersKey(tenant, jobId), { schemaVersion: 1, names }, { ifAbsent: true });
