import { z } from 'zod';
import { scratchMergedKey, scratchPrefix } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import { segmentSchema } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import {
  decidedLanguage,
  mergedSchema,
  mergeNext,
  NOTHING_MERGED,
} from '../transcript/merge-transcript.ts';
import { readHeard } from '../transcript/read-heard.ts';
import { orTooLong } from './cut-sections.ts';
import { findSummaries } from './find-summaries.ts';
import { outlineKey, type Outline } from './outline.ts';
import { readOutline } from './read-template.ts';
import { behindSection, type Rest } from './rest-of-transcript.ts';
import { cutBeginning } from './sections.ts';
import { findSectionAhead, putSectionAhead, readSectionAhead } from './sections-ahead.ts';
import { possibleSpeakers } from './speaker-question.ts';
import { chainCounter } from './token-budget.ts';

/**
 * What a cut leaves for the next one, which reads no earlier answer again: `{scratch}merged/{contextTokens}.json`. Lost,
 * it is made again from the answers.
 */
const carriedSchema = z.object({
  schemaVersion: schemaVersion(1),
  /** The windows and the chunks that are merged, from the first. */
  windows: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  /** As in `HeardWindows`; null: absent. */
  diarized: z.string().nullable(),
  merged: mergedSchema,
  /** Sections that are cut, and the transcript behind them. */
  sections: z.int().nonnegative(),
  rest: z.object({ segments: z.array(segmentSchema), used: z.int().nonnegative() }),
});
type Carried = z.infer<typeof carriedSchema>;

const NOTHING_CUT: Carried = {
  schemaVersion: 1,
  windows: 0,
  chunks: 0,
  diarized: null,
  merged: NOTHING_MERGED,
  sections: 0,
  rest: { segments: [], used: 0 },
};

/**
 * Cuts the sections that what is still to be transcribed cannot change, and names those that have no summary yet. None as
 * long as the language of the meeting may change. `cutSections` cuts the same ones at the end. Sections that this or an
 * earlier run of the job has cut stay as they are, whatever tokenizer it had: their summaries may be paid for.
 */
export const cutAhead =
  (deps: Dependencies): Activities['cutAhead'] =>
  async (at) => {
    const { store } = deps;
    const { tenant, jobId, contextTokens, windows, diarized = null, from = 0 } = at;
    const job = await readJobInput(store, at);
    const key = scratchMergedKey(scratchPrefix(tenant, jobId, runIdOf(at)), contextTokens);
    const held = await store.findJson(key, carriedSchema);
    const isEarlier = held !== null && held.windows <= windows && held.diarized === diarized;
    const before = isEarlier ? held : NOTHING_CUT;

    const { plan, outcomes, settled, speakers } = await readHeard(store, job, at, before.windows);
    const chunks = before.chunks + outcomes.length;
    const { merged, segments } = mergeNext(before.merged, plan, chunks, { settled, speakers });
    const rest = { ...before.rest, segments: [...before.rest.segments, ...segments] };
    const language = job.options.language ?? decidedLanguage(plan, chunks, merged);
    const carried = { ...before, windows, chunks, diarized, merged, rest };
    if (language === null) {
      await store.putJson(key, carried);
      return { open: [] };
    }
    const outline = await readOutline(store, job, language);
    const attendees = possibleSpeakers(job);
    const cut = await cutNext(deps, at, carried, { language, outline, attendees });
    await store.putJson(key, { ...carried, ...cut });
    const indexes = [...Array(cut.sections).keys()].slice(from);
    const sections = await mapConcurrent(indexes, async (index) => {
      return (await readSectionAhead(store, at, index)).section;
    });
    const summaries = await findSummaries(deps, job, sections, { language, outline });
    return { open: indexes.filter((_, index) => (summaries[index] ?? null) === null) };
  };

/** Cuts what follows on `sections` sections, and stores it. */
async function cutNext(
  deps: Dependencies,
  at: Parameters<Activities['cutAhead']>[0],
  { sections, rest }: { readonly sections: number; readonly rest: Rest },
  of: {
    readonly language: string;
    readonly outline: Outline;
    readonly attendees: readonly string[];
  },
): Promise<Pick<Carried, 'sections'> & { readonly rest: Rest }> {
  const { store } = deps;
  const { language, outline, attendees } = of;
  const name = outlineKey(outline);
  let [first, left] = [sections, rest];
  for (;;) {
    const held = await findSectionAhead(store, at, first);
    const isSame = held?.language === language && held.outline === name;
    const behind = isSame ? behindSection(left, language, held.section) : 'differs';
    // An earlier run had heard more of it, and cut it there.
    if (behind === 'open') return { sections: first, rest: left };
    if (behind === 'differs') break;
    [first, left] = [first + 1, behind];
  }
  const count = await chainCounter(deps);
  const { contextTokens } = at;
  const cut = orTooLong(() =>
    cutBeginning(left, language, { contextTokens, count, outline, attendees, first }),
  );
  await mapConcurrent(cut.sections, (section) =>
    putSectionAhead(store, at, { language, outline: name, section }),
  );
  return { sections: first + cut.sections.length, rest: cut.rest };
}
