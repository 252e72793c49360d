import { WATERMARK_TEXT } from '../../adapters/media/watermark-glyphs.ts';
import { outputKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities, RenderMinutes } from '../../workflows/contracts/activities.ts';
import { spanOf } from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import {
  illustrateAnswerSchema,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import { PROVENANCE } from '../../workflows/contracts/provenance.ts';
import { draftOf, factsOf } from '../approval/approval-facts.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput, readTranscript } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { superseded, takeRow } from '../job/take-row.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { pictureWork, readDrawn } from '../picture/draw-picture.ts';
import { readVerdict } from '../picture/moderate-picture.ts';
import { readOutcomes } from '../recording/close-window.ts';
import { readPlan } from '../recording/read-plan.ts';
import { readOutline, templateFacts } from '../summary/read-template.ts';
import { readDiarization } from '../speakers/read-diarization.ts';
import { joinInSummary, joinInTranscript } from '../speakers/join-speakers.ts';
import { withHeardNames } from '../speakers/heard-names.ts';
import { readNames } from '../speakers/speaker-names.ts';
import { audioCoverage } from '../transcript/audio-coverage.ts';
import { readAnswers, settleAnswers } from '../transcript/read-answers.ts';
import { spansInvented } from '../transcript/spans-invented.ts';
import { startHeartbeat } from '../with-heartbeat.ts';
import { composeMinutes, givenTitle } from './compose-minutes.ts';
import { heldMinutes, heldSpeakers } from './held-minutes.ts';
import { EXTRACTIVE, readSummarized } from './read-summarized.ts';
import { provenanceOf } from './provenance.ts';
import { renderExports } from './render/render-exports.ts';

/** Composes the minutes from what the earlier stages stored, and writes every file of a new version of them. */
export const renderMinutes =
  (deps: Dependencies): Activities['renderMinutes'] =>
  async (facts) => {
    using attempt = startHeartbeat();
    const { store, ledger, library } = deps;
    const { tenant, jobId } = facts;
    const job = await readJobInput(store, facts);
    const row = await library.find(tenant, jobId);
    const held = await heldMinutes(store, row?.minutesKey ?? null);
    const asHeard = await readTranscript(store, job);
    const given = await heldSpeakers(store, row, { minutes: held, transcript: asHeard });
    const transcript = joinInTranscript(asHeard, given.joins);
    const heard = await readHeard(store, job, facts);
    const invented = spansInvented(transcript);
    const summarized = await readSummarized(store, job, facts.summarized, transcript);
    const picture = await readPicture(store, job, facts);
    const diarized = await readDiarization(store, job, facts.diarized);
    const states = await ledger.countByState(tenant, jobId);

    const run = { tenant, jobId, runId: runIdOf(facts) };
    // In a database that was restored from a backup the row is as it was before the run: what is paid is rendered.
    const isOwn = await takeRow(deps, run);
    // Every attempt has a number of its own, so no file is ever overwritten.
    const version = isOwn ? await library.nextVersion({ tenant, jobId }) : null;
    if (version === null) throw superseded(run);

    const parts = {
      input: { ...job, title: givenTitle(job, await library.find(tenant, jobId)) },
      version,
      carriedFrom: held?.version,
      approval: draftOf(job, held?.approval ?? null, deps.now()),
      template: templateFacts(job, await readOutline(store, job, transcript.language)),
      transcript,
      speakers: withHeardNames(
        { ...given, names: { ...(await readNames(store, job)), ...given.names } },
        summarized.summary.heardNames ?? [],
      ),
      sound: heard?.sound,
      soundInSilence: heard?.soundInSilence ?? [],
      chains: facts.chains,
      results: {
        transcribe: heard?.transcribed.map(({ result }) => result) ?? [],
        ...(diarized !== null && { diarize: [diarized.result] }),
        summarize: summarized.results,
        illustrate: picture.illustrate,
        moderate: picture.moderate,
      },
      simplified: facts.summarized.mode === 'extractive' ? EXTRACTIVE : null,
      coverage: {
        ...(heard?.coverage ?? NOTHING_HEARD),
        ...(invented.length > 0 && { mayBeInvented: invented }),
        ...summarized.coverage,
      },
      summary: joinInSummary(summarized.summary, given.joins),
      degradations: facts.degradations.map((each) => withSpans(each, heard?.transcribed ?? [])),
      image: picture.image,
      ledger: {
        entries: Object.values(states).reduce((sum, count) => sum + count, 0),
        inDoubt: states.in_doubt,
      },
    };
    const pictureKey = facts.picture?.key ?? null;
    const published = pictureKey === null ? null : await store.get(pictureKey);
    const { minutes, exports } = await renderExports(
      (missing) => composeMinutes({ ...parts, degradations: [...parts.degradations, ...missing] }),
      transcript,
      {
        picture: published,
        signal: AbortSignal.any([
          attempt.signal,
          AbortSignal.timeout(Math.floor(attempt.leftMs())),
        ]),
      },
    );
    const provenance = provenanceOf(heard, diarized?.result, {
      mode: facts.summarized.mode,
      ...summarized.calls,
    });
    await store.putJson(outputKey(tenant, jobId, version, PROVENANCE), provenance);
    await mapConcurrent(exports, async ({ name, contentType, body }) => {
      await store.put(outputKey(tenant, jobId, version, name), body, { contentType });
    });
    const minutesKey = outputKey(tenant, jobId, version, 'minutes.json');
    const approval = factsOf(minutes);
    return {
      result: minutes.status,
      minutesKey,
      degradations: minutes.degradations.length,
      ...(approval !== null && { approval }),
    };
  };

/** What was heard of the recording; null: the source of the job is a transcript. */
async function readHeard(
  store: ObjectStore,
  job: JobInput,
  { planKey, windows, ...run }: RenderMinutes,
) {
  if (planKey === undefined || windows === undefined) return null;
  const plan = await readPlan(store, planKey);
  const chunks = await readOutcomes(store, run, windows);
  const failed = chunks.filter((chunk) => chunk.outcome === 'failed');
  const answered = await readAnswers(store, chunks);
  const settled = settleAnswers(plan, answered, job.options.language);
  return {
    sound: plan.sound,
    soundInSilence: (plan.soundInSilence ?? []).map((span) => spanOf(plan, span)),
    coverage: audioCoverage(plan, failed, settled),
    plan,
    answered,
    /** The answers, each with its part of the recording. */
    transcribed: answered.flatMap(({ index, result, again }) =>
      [
        { result, samples: plan.chunks[index] },
        ...again.map((one) => ({ result: one.result, samples: one.stretch })),
      ].map(({ result, samples }) => ({
        result,
        span: samples === undefined ? null : spanOf(plan, samples),
      })),
    ),
  };
}

const NOTHING_HEARD = { audioSeconds: 0, transcribedSeconds: 0, silenceSeconds: 0, gaps: [] };

async function readPicture(store: ObjectStore, job: JobInput, { picture }: RenderMinutes) {
  if (picture === null) return { image: null, illustrate: [], moderate: [] };
  const drawn = await readDrawn(store, job, picture);
  const asked = illustrateAnswerSchema.safeParse(drawn?.answer).data?.prompt;
  const judged = await readVerdict(store, job, picture.sha256);
  const image: Minutes['image'] = {
    key: picture.key,
    verdict: picture.verdict,
    score: judged.score,
    quality: picture.quality,
    watermark: picture.key === null ? null : { text: WATERMARK_TEXT, metadata: true },
    model: drawn?.model ?? 'unknown',
    prompt: asked ?? (await pictureWork(store, job, picture.attempt)).prompt,
  };
  return {
    image,
    illustrate: drawn === null ? [] : [drawn],
    moderate: judged.result === null ? [] : [judged.result],
  };
}

/** Adds the parts of the recording that a target other than the first transcribed. */
function withSpans(
  degradation: Degradation,
  transcribed: readonly {
    readonly result: StoredResult;
    readonly span: Degradation['spans'][number] | null;
  }[],
): Degradation {
  if (degradation.stage !== 'transcribe') return degradation;
  const spans = transcribed
    .filter(({ result }) => result.target === degradation.target)
    .flatMap(({ span }) => span ?? []);
  return { ...degradation, spans };
}
