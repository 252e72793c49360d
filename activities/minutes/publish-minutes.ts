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
import { replaces } from './replaces.ts';

/**
 * Makes a version of the minutes the job's result, unless the job has better ones: writes the library row, which the
 * list shows, the search finds and `result` reads.
 */
export const publishMinutes =
  ({ store, library }: Dependencies): Activities['publishMinutes'] =>
  async (call) => {
    const { tenant, jobId, minutesKey } = call;
    const run = { tenant, jobId, runId: runIdOf(call) };
    const minutes = await store.getJson(minutesKey, minutesSchema);
    const folder = outputFolder(tenant, jobId, minutesKey);
    const transcript = await store.getJson(`${folder}transcript.json`, transcriptSchema);
    const row = await library.find(tenant, jobId);
    const held = await heldMinutes(store, row?.minutesKey ?? null);
    // It may have been given after the minutes were rendered.
    const given = givenTitle(await readJobInput(store, call), row);
    const facts = publishedFacts(minutes, transcript, {
      minutesKey,
      title: given ?? minutes.title,
    });
    if (held !== null && !replaces(minutes, held)) {
      await library.keepVersion(run, facts);
      return;
    }
    if (!(await library.publish(run, facts))) throw superseded(run);
  };
