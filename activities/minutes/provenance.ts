import { spanOf, trackOf, type ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import type { Provenance } from '../../workflows/contracts/provenance.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import { SUMMARY_PROMPT_VERSION } from '../summary/prompts.ts';
import type { SummaryCalls } from '../summary/partial-summaries.ts';
import type { Section } from '../summary/sections.ts';
import type { AnsweredChunk } from '../transcript/read-answers.ts';

type SectionCalls = Provenance['summary']['sections'];

/**
 * The answers that a version is made of, by their call keys.
 *
 * @param heard null: the source is a transcript
 * @param diarized the answer that tells voices apart, if there is one
 */
export const provenanceOf = (
  heard: { readonly plan: ChunkPlan; readonly answered: readonly AnsweredChunk[] } | null,
  diarized: StoredResult | undefined,
  summary: WrittenSummary,
): Provenance => ({
  schemaVersion: 1,
  ...(heard !== null && {
    recording: {
      planned: heard.plan.chunks.length,
      chunks: heard.answered.flatMap((chunk) => chunkOf(heard.plan, chunk)),
    },
  }),
  ...(diarized && { diarize: diarized.callKey }),
  summary: provenanceOfSummary(summary),
});

/** The part of it that a summary which is written anew replaces. */
export const provenanceOfSummary = ({
  mode,
  sections,
  joins,
}: WrittenSummary): Provenance['summary'] => ({
  mode,
  promptVersion: SUMMARY_PROMPT_VERSION,
  sections,
  joins: joins.map(({ callKey, of }) => ({ callKey, of: [...of] })),
});

type WrittenSummary = Pick<Provenance['summary'], 'mode'> &
  Pick<SummaryCalls, 'joins'> & { readonly sections: SectionCalls };

function chunkOf(plan: ChunkPlan, { index, result, again }: AnsweredChunk) {
  const chunk = plan.chunks[index];
  if (chunk === undefined) return [];
  const { startSample } = trackOf(plan, chunk.startSample);
  const starts = plan.sound?.tracks.map((track) => track.startSample) ?? [0];
  return [
    {
      index,
      track: starts.indexOf(startSample) + 1,
      ...spanOf(plan, chunk),
      callKey: result.callKey,
      again: again.map((one) => ({
        ...spanOf(plan, one.stretch),
        callKey: one.result.callKey,
      })),
    },
  ];
}

/**
 * The sections, each with the call that answered it.
 *
 * @param failed by index
 * @param answers of the others, in their order
 */
export function sectionCalls(
  sections: readonly Section[],
  failed: ReadonlyMap<number, string>,
  answers: readonly string[],
): SectionCalls {
  let next = 0;
  return sections.map(({ index, segmentIds }) => ({
    first: segmentIds[0] ?? '',
    last: segmentIds.at(-1) ?? '',
    callKey: failed.has(index) ? null : (answers[next++] ?? null),
  }));
}
