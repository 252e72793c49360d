import { keepInQuarantine } from '../../adapters/media/keep-in-quarantine.ts';
import { pictureQuality } from '../../adapters/media/picture-quality.ts';
import { quarantineKey, resultKey, summaryKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { summarySchema } from '../../workflows/contracts/minutes.ts';
import {
  illustrateAnswerSchema,
  storedResultSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput, readTranscript } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { pictureWorkKey } from '../paid/work-keys.ts';
import { picturePrompt } from './picture-prompt.ts';

/** 16 : 9, and both sides are multiples of 64, as diffusion models need. */
const SIZE = { width: 1024, height: 576 } as const;

/** Draws a picture into quarantine. The stored answer holds its digest, not its bytes. */
export const drawPicture =
  (deps: Dependencies): Activities['drawPicture'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const { prompt, negativePrompt, workKey } = await pictureWork(deps.store, job, call.attempt);
    const { result, reused } = await callTarget(deps, call, {
      role: 'illustrate',
      home: homeOf(job),
      workKey,
      input: async () => ({ prompt, negativePrompt, ...SIZE, seed: call.attempt + 1 }),
      accept: async (picture) =>
        await keepInQuarantine(
          deps.store,
          { tenant: call.tenant, target: call.target, prompt },
          picture,
        ),
    });
    const picture = illustrateAnswerSchema.parse(result.answer);
    const { target, callKey } = result;
    return { target, reused, callKey, sha256: picture.sha256 };
  };

/**
 * The answer that drew a job's picture: by its call key, which any version of the prompt finds; in older histories, which
 * have none, by today's prompt. Null: it is not stored.
 */
export async function readDrawn(
  store: ObjectStore,
  job: JobInput,
  { attempt, callKey }: { readonly attempt: number; readonly callKey?: string | undefined },
): Promise<StoredResult | null> {
  const home = homeOf(job);
  if (callKey !== undefined) {
    return await store.findJson(resultKey(home, 'illustrate', callKey), storedResultSchema);
  }
  const { workKey } = await pictureWork(store, job, attempt);
  return await findResult(store, home, 'illustrate', workKey);
}

/** The prompt for a job's picture, which depends on the title and the summary only, and the key of the work. */
export async function pictureWork(store: ObjectStore, job: JobInput, attempt: number) {
  const { language } = await readTranscript(store, job);
  const key = summaryKey(job.tenant, job.jobId);
  const { summary, keyPoints } = await store.getJson(key, summarySchema);
  const prompts = picturePrompt({ title: job.title, summary, keyPoints, language });
  return { ...prompts, workKey: pictureWorkKey(job, prompts.prompt, attempt) };
}

export const assessPicture =
  ({ store }: Dependencies): Activities['assessPicture'] =>
  async ({ tenant, sha256 }) => ({
    quality: await pictureQuality(await store.get(quarantineKey(tenant, sha256))),
  });
