import { sha256 } from '../../adapters/identity/digest.ts';
import { changeKey, outputKey } from '../../adapters/object-store/keys.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type {
  Activities,
  RenderRevision,
  StatementCounts,
} from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { PROVENANCE } from '../../workflows/contracts/provenance.ts';
import {
  changeSchema,
  MOST_REVISIONS,
  type Change,
  type Revision,
} from '../../workflows/contracts/revision.ts';
import { CHANGES_FILE, type VersionChanges } from '../../workflows/contracts/version-changes.ts';
import { draftOf, factsOf, schemaVersionOf } from '../approval/approval-facts.ts';
import { approvedFiles } from '../approval/approved-files.ts';
import { decideApproval } from '../approval/decide-approval.ts';
import { renderAsRead } from '../approval/render-as-read.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { givenTitle, isWhole, titleInLanguage } from '../minutes/compose-minutes.ts';
import { renderExports, type Export } from '../minutes/render/render-exports.ts';
import { isVerified, statementsOf } from '../summary/statements-of.ts';
import { startHeartbeat } from '../with-heartbeat.ts';
import { applyChange } from './apply-change.ts';
import { differencesOf } from './differences.ts';
import { readVersion, type Documents, type Version } from './documents.ts';
import { isOfSummaryOnly } from './of-summary-only.ts';
import { noLongerShown, revisionRefused } from './revision-refused.ts';
import { summarizedAnew } from './summarized-anew.ts';

/** Writes every file of a next version of the minutes, made from the version that the job shows. Calls no model. */
export const renderRevision =
  (deps: Dependencies): Activities['renderRevision'] =>
  async (call) => {
    const { store, library } = deps;
    using attempt = startHeartbeat();
    const { tenant, jobId } = call;
    const change = await store.getJson(changeKey(tenant, jobId, call.change), changeSchema);
    const row = await library.find(tenant, jobId);
    if (row?.minutesKey !== change.baseKey) throw noLongerShown(jobId);
    const base = await readVersion(store, tenant, jobId, change.baseKey);
    const job = await readJobInput(store, { tenant, jobId });
    const changed = await changedVersion(deps, base, { call, change, job });

    // Every attempt has a number of its own, so no file is ever overwritten.
    const version = await library.nextVersion({ tenant, jobId });
    if (version === null) throw noLongerShown(jobId);
    const given = givenTitle(job, row);
    // What somebody read and decided on keeps the title that it had.
    const isTitled = change.kind === 'approval' || changed.minutes.title !== base.minutes.title;
    const made = revisionOf(change, { before: base.minutes, after: changed.minutes, version });
    const minutes: Minutes = {
      ...changed.minutes,
      schemaVersion: schemaVersionOf(changed.minutes),
      version,
      title: isTitled
        ? changed.minutes.title
        : (given ?? titleInLanguage(job, base.minutes.title, changed.minutes.language)),
      revisions: [...revisionsOf(base.minutes), made],
    };
    const pictureKey = minutes.image?.key ?? null;
    const rendering = {
      picture: pictureKey === null ? null : await store.get(pictureKey),
      signal: AbortSignal.any([attempt.signal, AbortSignal.timeout(Math.floor(attempt.leftMs()))]),
    };
    const exports =
      change.kind === 'approval'
        ? await renderAsRead(
            { minutes, transcript: changed.transcript },
            {
              ...rendering,
              store,
              folder: outputFolder(tenant, jobId, change.baseKey),
              read: base.minutes.version,
            },
          )
        : await renderChanged({ minutes, transcript: changed.transcript }, rendering);
    const { provenance } = changed;
    if (provenance !== null) {
      await store.putJson(outputKey(tenant, jobId, version, PROVENANCE), provenance);
    }
    const differences = differencesOf(base, { ...changed, minutes });
    await store.putJson(outputKey(tenant, jobId, version, CHANGES_FILE), {
      schemaVersion: 1,
      ...made,
      differences,
    } satisfies VersionChanges);
    await mapConcurrent(exports, async ({ name, contentType, body }) => {
      await store.put(outputKey(tenant, jobId, version, name), body, { contentType });
    });
    const files = minutes.approval?.state === 'approved' ? approvedFiles(exports) : undefined;
    if (files !== undefined) {
      await store.put(outputKey(tenant, jobId, version, APPROVED_FILES), encode(files), {
        contentType: 'text/plain; charset=utf-8',
      });
    }
    const approval = factsOf(minutes, files && sha256(files));
    return {
      ...(approval !== null && { approval }),
      version,
      minutesKey: outputKey(tenant, jobId, version, 'minutes.json'),
      statements: countsOf(minutes),
      statementsBefore: countsOf(base.minutes),
    };
  };

/** The version with the change: an approval changes nothing else, and after any other change it is asked for anew. */
async function changedVersion(
  deps: Dependencies,
  base: Version,
  {
    call,
    change,
    job,
  }: { readonly call: RenderRevision; readonly change: Change; readonly job: JobInput },
): Promise<Version> {
  const { approval: held } = base.minutes;
  if (change.kind === 'approval') {
    const folder = outputFolder(job.tenant, job.jobId, change.baseKey);
    const stored = {
      sha256: sha256(await deps.store.get(change.baseKey)),
      transcriptSha256: sha256(await deps.store.get(`${folder}transcript.json`)),
    };
    return {
      ...base,
      minutes: { ...base.minutes, approval: decideApproval(base.minutes, change, stored) },
    };
  }
  const changed =
    change.kind === 'resummarize'
      ? await summarizedAnew(deps, base, call)
      : withProvenance(base, applyChange(base, change));
  const approval = draftOf(job, held, deps.now());
  return { ...changed, minutes: { ...changed.minutes, approval } };
}

/** The answers are named by the segments that they were given: where those are others now, nothing can be told. */
function withProvenance({ transcript, provenance }: Version, changed: Documents): Version {
  const placesOf = ({ segments }: Documents['transcript']) =>
    segments.map(({ id, start, end }) => `${id} ${start} ${end}`).join('\n');
  const isSame = placesOf(transcript) === placesOf(changed.transcript);
  return { ...changed, provenance: isSame ? provenance : null };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function countsOf(minutes: Minutes): StatementCounts {
  const all = statementsOf(minutes);
  return { all: all.length, verified: all.filter(isVerified).length };
}

function revisionsOf({ revisions = [] }: Minutes): readonly Revision[] {
  if (revisions.length < MOST_REVISIONS) return revisions;
  throw revisionRefused(`these minutes were changed ${MOST_REVISIONS} times, and cannot be again`);
}

function revisionOf(
  change: Change,
  {
    before,
    after,
    version,
  }: { readonly before: Minutes; readonly after: Minutes; readonly version: number },
): Revision {
  const { kind, by, at } = change;
  return {
    kind,
    version,
    base: before.version,
    by,
    at,
    ...(isOfSummaryOnly(change, before, after) && { outlivesSummary: false }),
  };
}

const renderChanged = async (
  { minutes, transcript }: Documents,
  rendering: { readonly picture: Uint8Array | null; readonly signal: AbortSignal },
): Promise<readonly Export[]> =>
  (await renderExports((missing) => withDegradations(minutes, missing), transcript, rendering))
    .exports;

/** With the files that cannot be rendered now, in place of those that could not be before. */
function withDegradations(minutes: Minutes, missing: readonly Degradation[]): Minutes {
  const others = minutes.degradations.filter(({ stage }) => stage !== 'render');
  const degradations = [...others, ...missing];
  const status = isWhole({ ...minutes, degradations }) ? 'complete' : 'partial';
  return minutesSchema.parse({ ...minutes, degradations, status });
}
