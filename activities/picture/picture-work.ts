import { summaryKey } from '../../adapters/object-store/keys.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { summarySchema } from '../summary/conclude-summary.ts';
import type { Dependencies } from '../dependencies.ts';
import { picturePrompt } from './picture-prompt.ts';
import { readTranscript } from '../job/read-job-input.ts';
import { pictureWorkKey } from '../paid/work-keys.ts';

/** What is asked of a text-to-image model for a document: derived from its summary alone. */
export async function pictureWork(store: Dependencies['store'], job: JobInput, attempt: number) {
  const { language } = await readTranscript(store, job);
  const { summary, keyPoints } = await store.getJson(
    summaryKey(job.tenant, job.jobId),
    summarySchema,
  );
  const { prompt, negativePrompt } = picturePrompt({
    title: job.title,
    summary,
    keyPoints,
    language,
  });
  return { prompt, negativePrompt, workKey: pictureWorkKey(job, prompt, attempt) };
}
