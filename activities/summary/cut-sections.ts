import { digestOf } from '../../adapters/identity/digest.ts';
import { sectionsKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { transcriptSchema } from '../../workflows/contracts/transcript.ts';
import { chainCounter } from './chain-counter.ts';
import type { Dependencies } from '../dependencies.ts';
import { cutSections as cut, halveSection, sectionsSchema, type Section } from './sections.ts';

/**
 * Cuts the transcript once a job; a next generation halves the sections that a provider found too long and leaves
 * the others as they are, so that their answers stand. For the same reason a cut of the same transcript stands: a
 * tokenizer that can be had now, and could not then, would cut it in other places.
 */
export const cutSections =
  (deps: Dependencies): Activities['cutSections'] =>
  async ({ tenant, jobId, generation, contextTokens, halve }) => {
    const { store } = deps;
    const keyOf = (which: number) => sectionsKey(tenant, jobId, which, contextTokens);
    const factsOf = (sections: readonly Section[]) => ({
      sections: sections.map(({ start, end }) => ({ start, end })),
    });
    let sections: Section[];
    let transcriptSha256: string | null = null;
    if (generation === 0) {
      const transcript = await store.getJson(transcriptKey(tenant, jobId), transcriptSchema);
      transcriptSha256 = digestOf(transcript);
      const held = await store.findJson(keyOf(0), sectionsSchema);
      if (held?.transcriptSha256 === transcriptSha256) return factsOf(held.sections);
      sections = cut(transcript, { contextTokens, count: await chainCounter(deps) });
    } else {
      const before = await store.getJson(keyOf(generation - 1), sectionsSchema);
      sections = before.sections
        .flatMap((section) =>
          halve.includes(section.index) ? (halveSection(section) ?? [section]) : [section],
        )
        .map((section, index) => ({ ...section, index }));
    }
    await store.putJson(keyOf(generation), {
      schemaVersion: 1,
      contextTokens,
      transcriptSha256,
      sections,
    });
    return factsOf(sections);
  };
