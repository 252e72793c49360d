import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { ObjectMalformedError } from '../../adapters/object-store/object-store-errors.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { superseded } from '../job/take-row.ts';
import { givenTitle } from './compose-minutes.ts';
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
    if (held !== null && !replaces(minutes, held)) return;
    // It may have been given after the minutes were rendered.
    const given = givenTitle(await readJobInput(store, call), row);
    const published = await library.publish(run, {
      result: minutes.status,
      title: given ?? minutes.title,
      meetingDate: minutes.date,
      language: minutes.language,
      // A transcript may have no times.
      durationSeconds: minutes.durationSeconds || null,
      minutesKey,
      degradations: minutes.degradations,
      searchText: searchTextOf(minutes, transcript),
    });
    if (!published) throw superseded(run);
  };

/** The words of the minutes and of the transcript, a line each; with the names of speakers, never with their ids. */
function searchTextOf(minutes: Minutes, { segments }: Transcript): string {
  const names = new Map(minutes.speakers.map(({ id, name }) => [id, name]));
  const named = [...names.values()].filter((name) => name !== null);
  return [
    minutes.summary,
    ...[minutes.keyPoints, minutes.decisions, minutes.openQuestions].flat().map(({ text }) => text),
    ...minutes.actionItems.map(({ task, owner: id }) => {
      const owner = id !== null && names.has(id) ? names.get(id) : id;
      return owner ? `${owner}: ${task}` : task;
    }),
    ...(named.length > 0 ? [named.join(', ')] : []),
    ...segments.map(({ text }) => text),
  ].join('\n');
}

/** Null too where they cannot be read: nobody loses anything by newer ones. */
async function heldMinutes(store: ObjectStore, key: string | null): Promise<Minutes | null> {
  if (key === null) return null;
  try {
    return await store.findJson(key, minutesSchema);
  } catch (error) {
    if (error instanceof ObjectMalformedError) return null;
    throw error;
  }
}
