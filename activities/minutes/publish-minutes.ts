import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { superseded } from '../job/take-row.ts';
import { givenTitle } from './compose-minutes.ts';
import { heldMinutes } from './held-minutes.ts';
import { publishedFacts } from './published-facts.ts';
import { isChangedSince, replaces } from './replaces.ts';

/**
 * Makes a version of the minutes the job's result, unless the job has better ones: writes the library row, which the
 * list shows, the search finds and `result` reads. Minutes that lack what a person said since they were rendered are only
 * listed, and have to be rendered again.
 */
export const publishMinutes =
  ({ store, library }: Dependencies): Activities['publishMinutes'] =>
  async (call) => {
    const { tenant, jobId, minutesKey } = call;
    const run = { tenant, jobId, runId: runIdOf(call) };
    const minutes = await store.getJson(minutesKey, minutesSchema);
    const folder = outputFolder(tenant, jobId, minutesKey);
    const transcript = await store.getJson(`${folder}transcript.json`, transcriptSchema);
    const input = await readJobInput(store, call);
    for (let attempt = 1; attempt <= MOST_CHANGES; attempt += 1) {
      const row = await library.find(tenant, jobId);
      const replaced = row?.minutesKey ?? null;
      const held = await heldMinutes(store, replaced);
      // It may have been given after the minutes were rendered.
      const title = givenTitle(input, row) ?? minutes.title;
      const facts = publishedFacts(minutes, transcript, { minutesKey, title });
      // The row says so even where the approved minutes cannot be read.
      const isApproved = row?.approval?.state === 'approved';
      const isBetter = !isApproved && (held === null || replaces(minutes, held));
      const isOutdated = held !== null && isChangedSince(minutes, held);
      if (!isBetter || isOutdated) {
        await library.keepVersion(run, facts);
        return isBetter ? { renderAgain: true } : undefined;
      }
      if (await library.publish(run, replaced, facts)) return undefined;
      // Either the run lost the row, or a person changed what was compared.
      const now = await library.find(tenant, jobId);
      if ((now?.minutesKey ?? null) === replaced) throw superseded(run);
    }
    throw new Error(`the result of job ${jobId} changes all the time: try later`);
  };

/** Changes by people that come between two statements. Temporal tries again after more. */
const MOST_CHANGES = 5;
