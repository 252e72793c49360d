import { sectionsKey, transcriptKey } from '../adapters/object-store/keys.ts';
import type { Activities } from '../workflows/contracts/activities.ts';
import { transcriptSchema } from '../workflows/contracts/transcript.ts';
import type { Dependencies } from './dependencies.ts';
import {
  cutSections as cut,
  halveSection,
  sectionsSchema,
  type Section,
} from './minutes/cut-sections.ts';

/**
 * Cuts the transcript once a job; a next generation halves the sections that a provider found too long and leaves
 * the others as they are, so that their answers stand.
 */
export const cutSections =
  ({ store }: Dependencies): Activities['cutSections'] =>
  async ({ tenant, jobId, generation, contextTokens, halve }) => {
    const keyOf = (which: number) => sectionsKey(tenant, jobId, which, contextTokens);
    let sections: Section[];
    if (generation === 0) {
      const transcript = await store.getJson(transcriptKey(tenant, jobId), transcriptSchema);
      sections = cut(transcript, { contextTokens });
    } else {
      const before = await store.getJson(keyOf(generation - 1), sectionsSchema);
      sections = before.sections
        .flatMap((section) =>
          halve.includes(section.index) ? (halveSection(section) ?? [section]) : [section],
        )
        .map((section, index) => ({ ...section, index }));
    }
    await store.putJson(keyOf(generation), { schemaVersion: 1, contextTokens, sections });
    return { sections: sections.map(({ start, end }) => ({ start, end })) };
  };
