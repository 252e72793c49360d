import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import { changeKey, jobInputKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { JobInput, RevisedInput } from '../../workflows/contracts/job-input.ts';
import { changeSchema, type Change } from '../../workflows/contracts/revision.ts';
import type { RecordedTarget } from '../../workflows/contracts/targets.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { givenSpeakers } from '../speakers/join-speakers.ts';
import { readVersion, type Documents } from './documents.ts';
import { noLongerShown, revisionRefused } from './revision-refused.ts';

/**
 * Checks that a change can be made, as far as that is known before it is. For a summary that is written anew it also
 * gives the chain, and keeps the transcript of the version that is changed, which may be a corrected one.
 */
export const startRevision =
  ({ store, library, inference }: Dependencies): Activities['startRevision'] =>
  async ({ tenant, jobId, change: digest }) => {
    const change = await store.getJson(changeKey(tenant, jobId, digest), changeSchema);
    const row = await library.find(tenant, jobId);
    if (row?.minutesKey !== change.baseKey) throw noLongerShown(jobId);
    const { probeMs } = inference.patience;
    if (change.kind !== 'resummarize') return { summarize: null, probeMs };

    const base = await readVersion(store, tenant, jobId, change.baseKey);
    const summarize = chainOf(change.target, inference.roles.summarize.map(recordTarget));
    requireLanguage(change, base, summarize);
    const job = await readJobInput(store, { tenant, jobId });
    await store.putJson(
      jobInputKey(tenant, jobId, digest),
      revisedInput(job, base, change, digest),
    );
    await store.putJson(transcriptKey(tenant, jobId, digest), base.transcript);
    return { summarize, probeMs };
  };

type Resummarize = Extract<Change, { readonly kind: 'resummarize' }>;

/** The job's input with what the minutes say now, which may be corrected, and with what the person asked for. */
function revisedInput(
  job: JobInput,
  { minutes }: Documents,
  change: Resummarize,
  revision: string,
): RevisedInput {
  const { template: _submitted, ...others } = job;
  const { id: name, sha256 } = minutes.template;
  const held = sha256 === undefined ? null : { name, sha256 };
  const template = change.template === undefined ? held : change.template;
  return {
    ...others,
    options: {
      ...job.options,
      date: minutes.date,
      attendees: minutes.attendees ?? [],
    },
    ...(template !== null && { template, schemaVersion: Math.max(job.schemaVersion, 3) }),
    revision,
    documentLanguage: change.language ?? minutes.language,
    onlyTarget: change.target,
    names: givenSpeakers(minutes).names,
  };
}

function chainOf(
  wanted: string | null,
  targets: readonly RecordedTarget[],
): readonly RecordedTarget[] {
  const chain = targets.filter(({ name }) => wanted === null || name === wanted);
  if (chain.length > 0 || wanted === null) return chain;
  const names = targets.map(({ name }) => name).join(', ');
  throw revisionRefused(
    names === ''
      ? 'no target is configured that writes summaries'
      : `no target of that name writes summaries: there are ${names}`,
  );
}

/** Rules pick sentences as they were said. */
function requireLanguage(
  { language }: Resummarize,
  { transcript }: Documents,
  chain: readonly RecordedTarget[],
): void {
  if (chain.length > 0 || language === null || language === transcript.language) return;
  throw revisionRefused(
    'no target is configured that writes summaries, and rules cannot write in another language than the transcript',
  );
}
