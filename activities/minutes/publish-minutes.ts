import type { Activities } from '../../workflows/contracts/activities.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import type { Dependencies } from '../dependencies.ts';
import { readTranscript } from '../summary/partial-summaries.ts';
import { readJobInput } from '../job/read-job-input.ts';

/** Puts the document into the library: what the list shows and the search finds. */
export const publishMinutes =
  ({ store, library }: Dependencies): Activities['publishMinutes'] =>
  async ({ tenant, jobId, minutesKey }) => {
    const minutes = await store.getJson(minutesKey, minutesSchema);
    const transcript = await readTranscript(store, await readJobInput(store, { tenant, jobId }));
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
