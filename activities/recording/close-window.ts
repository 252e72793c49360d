import { ApplicationFailure } from '@temporalio/common';
import { resultKey, windowKey } from '../../adapters/object-store/keys.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { chunkPlanSchema } from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import { CHUNKS_PER_WINDOW } from '../../workflows/contracts/names.ts';
import {
  transcribeAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import type { WindowManifest } from './window-manifest.ts';
import { chunkWorkKey } from '../paid/work-keys.ts';

/**
 * Writes the window's manifest. A chunk that is neither answered, failed nor silent would be lost: that is
 * an error. Voice to which an engine answered no word at all is a gap, too, and not a silence.
 */
export const closeWindow =
  ({ store }: Dependencies): Activities['closeWindow'] =>
  async ({ tenant, jobId, planKey, from, to, failures }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const plan = await store.getJson(planKey, chunkPlanSchema);
    const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
    const chunks = await mapConcurrent(
      plan.chunks.slice(from, to),
      async (chunk): Promise<WindowManifest['chunks'][number]> => {
        const { index } = chunk;
        if (!chunk.speech) return { index, outcome: 'silent' };
        const reason = reasons.get(index);
        if (reason !== undefined) return { index, outcome: 'failed', reason };
        const workKey = chunkWorkKey(job, plan, chunk);
        const result = await findResult(store, homeOf(job), 'transcribe', workKey);
        if (result === null) {
          throw ApplicationFailure.retryable(
            `chunk ${index} was answered and its answer is not stored`,
            FAILURES.MissingObject,
          );
        }
        if (isWordless(result) && chunk.speechSeconds >= VOICE_WITHOUT_WORDS_SECONDS) {
          return { index, outcome: 'failed', reason: 'no_words' };
        }
        const key = resultKey(homeOf(job), 'transcribe', result.callKey);
        return { index, outcome: 'answered', resultKey: key };
      },
    );
    const window = Math.floor(from / CHUNKS_PER_WINDOW);
    const manifest: WindowManifest = { schemaVersion: 1, window, chunks };
    await store.putJson(windowKey(tenant, jobId, window), manifest);
    const count = (outcome: string) => chunks.filter((chunk) => chunk.outcome === outcome).length;
    return { transcribed: count('answered'), failed: count('failed') };
  };

/** A cough or a bar of music takes the detector in for a second or two; five seconds of voice have words in them. */
const VOICE_WITHOUT_WORDS_SECONDS = 5;

function isWordless({ answer }: StoredResult): boolean {
  const { text, segments } = transcribeAnswerSchema.parse(answer);
  return [text, ...segments.map((segment) => segment.text)].every((words) => words.trim() === '');
}
