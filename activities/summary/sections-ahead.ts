import { z } from 'zod';
import { sectionAheadKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { SectionsReference } from '../../workflows/contracts/summarizing.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import { sectionSchema, type Section } from './sections.ts';

/** `jobs/{id}/sections/ahead-{contextTokens}/{index}.json`. */
export const sectionAheadSchema = z.object({
  schemaVersion: schemaVersion(1),
  /** Of the transcript. */
  language: z.string().nullable(),
  /** `outlineKey` of the template that the prompt has room for. */
  outline: z.string(),
  section: sectionSchema,
});
export type SectionAhead = z.infer<typeof sectionAheadSchema>;

type At = Pick<SectionsReference, 'tenant' | 'jobId' | 'contextTokens'>;

const keyOf = ({ tenant, jobId, contextTokens }: At, index: number): string =>
  sectionAheadKey(tenant, jobId, contextTokens, index);

/** Null: there is none of this index. */
export const findSectionAhead = (
  store: ObjectStore,
  at: At,
  index: number,
): Promise<SectionAhead | null> => store.findJson(keyOf(at, index), sectionAheadSchema);

export const readSectionAhead = (
  store: ObjectStore,
  at: At,
  index: number,
): Promise<SectionAhead> => store.getJson(keyOf(at, index), sectionAheadSchema);

export async function putSectionAhead(
  store: ObjectStore,
  at: At,
  ahead: Omit<SectionAhead, 'schemaVersion'>,
): Promise<void> {
  const stored: SectionAhead = { schemaVersion: 1, ...ahead };
  await store.putJson(keyOf(at, ahead.section.index), stored);
}

/** All that were cut for this outline, from the first. */
export async function readSectionsAhead(
  store: ObjectStore,
  at: At,
  outline: string,
): Promise<Section[]> {
  const sections: Section[] = [];
  for (;;) {
    const held = await findSectionAhead(store, at, sections.length);
    if (held?.outline !== outline) return sections;
    sections.push(held.section);
  }
}
