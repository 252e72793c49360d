import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { resultKey, windowKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { samplesSchema, type PlannedChunk } from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { CHUNKS_PER_WINDOW } from '../../workflows/contracts/names.ts';
import {
  transcribeAnswerSchema,
  type TranscribeAnswer,
} from '../../workflows/contracts/stored-results.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { NO_WORDS } from '../transcript/audio-coverage.ts';
import { SPEECH_WITHOUT_WORDS_SECONDS } from '../transcript/wordless-voice.ts';
import { readPlan } from './read-plan.ts';
import { findLanguageDoubts } from './language-doubts.ts';
import { answersTo, doubtedStretch, findAnswers, openOf } from './second-answers.ts';

const namedStretchSchema = samplesSchema.extend({ resultKey: z.string() });

/** The outcome of every chunk of a window: silent, answered, or failed with its reason. */
export const windowManifestSchema = z.object({
  schemaVersion: schemaVersion(1),
  window: z.int().nonnegative(),
  chunks: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ index: z.int(), outcome: z.literal('silent') }),
      z.object({
        index: z.int(),
        outcome: z.literal('answered'),
        resultKey: z.string(),
        /** The answers to stretches that the first answer left in doubt; absent: there are none. */
        again: z.array(namedStretchSchema).optional(),
        /** The answers to stretches of which only the language was in doubt. */
        forLanguage: z.array(namedStretchSchema).optional(),
        /** Stretches of which the language stays in doubt: nobody has answered, or they were not asked. */
        languageOpen: z.array(samplesSchema).optional(),
      }),
      z.object({ index: z.int(), outcome: z.literal('failed'), reason: z.string() }),
    ]),
  ),
});
type WindowManifest = z.infer<typeof windowManifestSchema>;
export type ChunkOutcome = WindowManifest['chunks'][number];

/**
 * Writes the window's manifest. Throws if a chunk is neither silent, failed nor stored, because it would be lost.
 * Speech for which a target answered no words is a gap, not silence; so is voice without words within a chunk, which
 * `audioCoverage` finds. The manifest names the second answers that later stages read. Answers with what is to be
 * asked again only now: voice that the answers to a loop's pieces leave without words, and what may be in the wrong
 * language, because which languages are spoken is known only when all of a window is answered.
 */
export const closeWindow =
  ({ store }: Dependencies): Activities['closeWindow'] =>
  async ({ tenant, jobId, planKey, from, to, failures }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const plan = await readPlan(store, planKey);
    const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
    // The chunk before the window shows in which language it begins.
    const around = plan.chunks.slice(Math.max(0, from - 1), to).filter(({ speech }) => speech);
    const answered = (await findAnswers(store, job, plan, around)).map((one) =>
      // What stands at either side of it is not beside one another.
      reasons.has(one.chunk.index) ? { ...one, result: null, doubts: [] } : one,
    );
    const languages = await findLanguageDoubts(store, job, plan, answered);
    const answerOf = new Map(answered.map((one) => [one.chunk.index, one]));
    const outcomeOf = (chunk: PlannedChunk): ChunkOutcome => {
      const { index } = chunk;
      if (!chunk.speech) return { index, outcome: 'silent' };
      const reason = reasons.get(index);
      if (reason !== undefined) return { index, outcome: 'failed', reason };
      const { result = null, doubts = [] } = answerOf.get(index) ?? {};
      if (result === null) {
        throw ApplicationFailure.retryable(
          `chunk ${index} was answered and its answer is not stored`,
          FAILURES.MissingObject,
        );
      }
      const again = answersTo(doubts);
      const answers = [transcribeAnswerSchema.parse(result.answer), ...again.map(answerIn)];
      if (answers.every(isWordless) && chunk.speechSeconds >= SPEECH_WITHOUT_WORDS_SECONDS) {
        return { index, outcome: 'failed', reason: NO_WORDS };
      }
      const { doubts: asked = [], left = [] } = languages.get(index) ?? {};
      const forLanguage = answersTo(asked);
      const languageOpen = [...openOf(asked), ...left];
      return {
        index,
        outcome: 'answered',
        resultKey: resultKey(homeOf(job), 'transcribe', result.callKey),
        ...(again.length > 0 && { again: again.map(named) }),
        ...(forLanguage.length > 0 && { forLanguage: forLanguage.map(named) }),
        ...(languageOpen.length > 0 && { languageOpen }),
      };
    };
    const chunks = plan.chunks.slice(from, to).map(outcomeOf);
    const window = Math.floor(from / CHUNKS_PER_WINDOW);
    const manifest: WindowManifest = { schemaVersion: 1, window, chunks };
    await store.putJson(windowKey(tenant, jobId, window), manifest);
    const count = (outcome: string) => chunks.filter((chunk) => chunk.outcome === outcome).length;
    const doubts = chunks.flatMap(({ index }) =>
      [
        ...openOf((answerOf.get(index)?.doubts ?? []).filter((one) => one.isLeftInLoop)),
        ...openOf(languages.get(index)?.doubts ?? []),
      ].map((stretch) => doubtedStretch(plan, index, stretch)),
    );
    return {
      transcribed: count('answered'),
      failed: count('failed'),
      ...(doubts.length > 0 && { doubts }),
    };
  };

type Answered = ReturnType<typeof answersTo>[number];

const named = ({ answer: _answer, ...stretch }: Answered) => stretch;

const answerIn = ({ answer }: Answered): TranscribeAnswer => answer;

const isWordless = ({ text, segments }: TranscribeAnswer): boolean =>
  [text, ...segments.map((segment) => segment.text)].every((words) => words.trim() === '');

/** The outcome of every chunk of the windows `from` up to, not including, `windows`, in order. */
export async function readOutcomes(
  store: ObjectStore,
  { tenant, jobId }: JobReference,
  windows: number,
  from = 0,
): Promise<ChunkOutcome[]> {
  const manifests = await mapConcurrent([...Array(windows).keys()].slice(from), (window) =>
    store.getJson(windowKey(tenant, jobId, window), windowManifestSchema),
  );
  return manifests.flatMap(({ chunks }) => chunks);
}
