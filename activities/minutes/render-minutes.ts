import { WATERMARK_TEXT } from '../../adapters/media/watermark-glyphs.ts';
import { exportKey, minutesKey, summaryKey } from '../../adapters/object-store/keys.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities, RenderMinutes } from '../../workflows/contracts/activities.ts';
import { chunkPlanSchema, seconds, type ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Engine, Minutes } from '../../workflows/contracts/minutes.ts';
import { storedResultSchema, type StoredResult } from '../../workflows/contracts/stored-results.ts';
import { summarySchema } from '../summary/conclude-summary.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { composeMinutes } from './compose-minutes.ts';
import { EXTRACTIVE_LABEL } from '../summary/extractive-summary.ts';
import { TEMPLATE } from '../summary/prompts.ts';
import { renderExports } from './render/render-exports.ts';
import { coverageSeconds, gapsOf } from '../transcript/transcript-gaps.ts';
import { readVerdict } from '../picture/moderate-picture.ts';
import { readPartials, readSections } from '../summary/partial-summaries.ts';
import { pictureWork } from '../picture/picture-work.ts';
import { homeOf, readJobInput, readTranscript } from '../job/read-job-input.ts';
import { readManifests, type WindowManifest } from '../recording/window-manifest.ts';

/** Every export from one document. Everything in it is read from what the earlier stages stored. */
export const renderMinutes =
  ({ store, ledger }: Dependencies): Activities['renderMinutes'] =>
  async (facts) => {
    const { tenant, jobId } = facts;
    const job = await readJobInput(store, facts);
    const plan = await store.getJson(facts.planKey, chunkPlanSchema);
    const chunks = await readManifests(store, facts, facts.windows);
    const transcript = await readTranscript(store, job);
    const transcribed = await readTranscribed(store, chunks);
    const summarized = await readSummarized(store, job, facts, transcript.language);
    const picture = await readPicture(store, job, facts);
    const states = await ledger.countByState(tenant, jobId);
    const characters = transcript.segments.reduce((sum, { text }) => sum + text.length, 0);

    const minutes = composeMinutes({
      input: job,
      version: 1,
      template: TEMPLATE,
      transcript,
      chains: facts.chains,
      results: {
        transcribe: transcribed.map(({ result }) => result),
        summarize: summarized.results,
        illustrate: picture?.results.illustrate ?? [],
        moderate: picture?.results.moderate ?? [],
      },
      simplified: facts.summarized.mode === 'extractive' ? EXTRACTIVE : null,
      coverage: {
        ...coverageOf(plan, chunks),
        ...(facts.summarized.mode === 'extractive'
          ? {
              summarizedCharacters: characters,
              sections: 1,
              failedSections: [],
            }
          : summarized.coverage),
        transcriptCharacters: characters,
      },
      summary: await store.getJson(summaryKey(tenant, jobId), summarySchema),
      degradations: facts.degradations.map((degradation) =>
        withSpans(degradation, plan, transcribed),
      ),
      image: picture?.image ?? null,
      ledger: {
        entries: Object.values(states).reduce((sum, count) => sum + count, 0),
        inDoubt: states.in_doubt,
      },
    });
    const pictureKey = facts.picture?.key ?? null;
    const exports = renderExports(minutes, transcript, {
      picture: pictureKey === null ? null : await store.get(pictureKey),
    });
    await mapConcurrent(exports, async ({ name, contentType, body }) => {
      await store.put(exportKey(tenant, jobId, name), body, { contentType });
    });
    const key = minutesKey(tenant, jobId);
    await store.putJson(key, minutes);
    return {
      result: minutes.status,
      minutesKey: key,
      degradations: minutes.degradations.length,
    };
  };

/** The engine of a summary that no configured target made. */
const EXTRACTIVE: Engine = {
  target: 'extractive-v1',
  model: 'extractive-v1',
  provider: null,
  items: 1,
  label: EXTRACTIVE_LABEL,
};

type Store = Dependencies['store'];
type Chunks = WindowManifest['chunks'];

function readTranscribed(store: Store, chunks: Chunks) {
  return mapConcurrent(
    chunks.filter((chunk) => chunk.outcome === 'answered'),
    async ({ index, resultKey }) => ({
      index,
      result: await store.getJson(resultKey, storedResultSchema),
    }),
  );
}

async function readSummarized(
  store: Store,
  job: JobInput,
  { summarized }: RenderMinutes,
  language: string | null,
): Promise<{
  results: readonly StoredResult[];
  coverage: Pick<Minutes['coverage'], 'summarizedCharacters' | 'sections' | 'failedSections'>;
}> {
  const sections = await readSections(store, summarized);
  const reasons = new Map(summarized.failedSections.map(({ index, reason }) => [index, reason]));
  const answered = sections.filter(({ index }) => !reasons.has(index));
  const partials =
    summarized.mode === 'model' ? await readPartials(store, job, summarized, language) : [];
  return {
    results: partials.flatMap(({ results }) => results),
    coverage: {
      summarizedCharacters: answered.reduce((sum, section) => sum + section.characters, 0),
      sections: sections.length,
      failedSections: sections.flatMap(({ index, start, end }) => {
        const reason = reasons.get(index);
        return reason === undefined ? [] : [{ start, end, reason }];
      }),
    },
  };
}

async function readPicture(store: Store, job: JobInput, { picture }: RenderMinutes) {
  if (picture === null) return null;
  const { prompt, workKey } = await pictureWork(store, job, picture.attempt);
  const drawn = await findResult(store, homeOf(job), 'illustrate', workKey);
  const judged = await readVerdict(store, job, picture.sha256);
  const image: Minutes['image'] = {
    key: picture.key,
    verdict: picture.verdict,
    score: judged.score,
    quality: picture.quality,
    watermark: picture.key === null ? null : { text: WATERMARK_TEXT, metadata: true },
    model: drawn?.model ?? 'unknown',
    prompt,
  };
  return {
    image,
    results: {
      illustrate: drawn === null ? [] : [drawn],
      moderate: judged.result === null ? [] : [judged.result],
    },
  };
}

function coverageOf(plan: ChunkPlan, chunks: Chunks) {
  const failures = chunks.flatMap((chunk) =>
    chunk.outcome === 'failed' ? [{ index: chunk.index, reason: chunk.reason }] : [],
  );
  return {
    ...coverageSeconds(
      plan,
      failures.map(({ index }) => index),
    ),
    gaps: gapsOf(plan, failures),
  };
}

/** Says which stretches of the recording another target than the first one transcribed. */
function withSpans(
  degradation: Degradation,
  plan: ChunkPlan,
  transcribed: readonly { readonly index: number; readonly result: StoredResult }[],
): Degradation {
  if (degradation.stage !== 'transcribe') return degradation;
  const spans = transcribed
    .filter(({ result }) => result.target === degradation.target)
    .flatMap(({ index }) => plan.chunks[index] ?? [])
    .map(({ startSample, endSample }) => ({
      start: seconds(startSample),
      end: seconds(endSample),
    }));
  return { ...degradation, spans };
}
