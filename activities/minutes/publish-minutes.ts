import type { Activities } from '../../workflows/contracts/activities.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import type { Dependencies } from '../dependencies.ts';
import { readTranscript } from '../job/read-job-input.ts';

/** Writes the library row: what the list shows and the search finds. */
export const publishMinutes =
  ({ store, library }: Dependencies): Activities['publishMinutes'] =>
  async ({ tenant, jobId, minutesKey }) => {
    const minutes = await store.getJson(minutesKey, minutesSchema);
    const transcript = await readTranscript(store, { tenant, jobId });
    await library.publish(tenant, jobId, {
      title: minutes.title,
      meetingDate: minutes.date,
      language: minutes.language,
      durationSeconds: minutes.durationSeconds,
      minutesKey,
      degradations: minutes.degradations,
      searchText: [minutes.summary, ...transcript.segments.map(({ text }) => text)].join('\n'),
    });
  };
