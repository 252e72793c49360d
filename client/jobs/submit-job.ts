import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { hashFile } from '../../adapters/identity/digest.ts';
import { jobId } from '../../adapters/identity/job-id.ts';
import { sourceDigest } from '../../adapters/identity/source-digest.ts';
import { jobInputKey, templateKey } from '../../adapters/object-store/keys.ts';
import { requireSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import {
  jobInputSchema,
  type ApprovalRequest,
  type JobInput,
  type OutputOptions,
} from '../../workflows/contracts/job-input.ts';
import { workflowId } from '../../workflows/contracts/names.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { ChosenTemplate } from '../templates/choose-template.ts';
import { startMinutes } from './start-minutes.ts';

export interface Submission {
  readonly tenant: string;
  /** Files of one recording, one after the other; at least one. */
  readonly paths: readonly string[];
  readonly title: string | null;
  readonly options: OutputOptions;
  /** The value of the template that the options name; null: the standard one. */
  readonly template: Pick<ChosenTemplate, 'sha256' | 'template'> | null;
  /**
   * Null: nobody is asked for approval, unless an earlier submission of the job that now runs anew did. No part of the
   * identity.
   */
  readonly approval: ApprovalRequest | null;
  /** Puts a nonce into the id: the job is made, and paid for, again. */
  readonly force: boolean;
}

/** What `submit --json` prints. */
export interface SubmittedJob {
  readonly id: string;
  readonly workflowId: string;
  /** True when the job is running or its minutes exist: nothing was started. */
  readonly reused: boolean;
  /**
   * A reused job had another title and now has the given one: `everywhere`, or in the `list` only, as its documents are
   * written already and keep the old one until a retry. Absent: the title is as it was.
   */
  readonly retitled?: 'everywhere' | 'list';
  /** A reused job stays without an approval that was wanted now. Absent: none was wanted, or it has one. */
  readonly approvalIgnored?: true;
  /** What a reused job asks for, where another approver or another time was wanted now. Absent: what was wanted, if anything. */
  readonly approvalStands?: ApprovalRequest;
}

/** A file of the source. */
interface SourceFile extends Awaited<ReturnType<typeof hashFile>> {
  readonly path: string;
}

/** What the files of a job are, and how long they last; null: a transcript without times. */
export type ProbedSource =
  | { readonly kind: 'recording'; readonly durationSeconds: number }
  | { readonly kind: 'transcript'; readonly durationSeconds: number | null };

/** What `submit` needs from outside. Services are connected only after the recording was found usable. */
export interface SubmitPorts extends Pick<ServiceConnections, 'library' | 'store' | 'temporal'> {
  /** Looks whether the files can become minutes: those of one recording in their order, or one transcript. */
  readonly probe: (paths: readonly string[]) => Promise<ProbedSource>;
  readonly hash: typeof hashFile;
  /** Skips what is already stored. */
  readonly upload: (tenant: string, files: readonly SourceFile[]) => Promise<void>;
}

/**
 * Probe, hash, look in the library, upload, write the row, start. Submitting the same files in the same order with the same options
 * again returns the existing job, with the new title if one is given. Nothing is stored when the file or a service is unusable.
 */
export async function submitJob(submission: Submission, ports: SubmitPorts): Promise<SubmittedJob> {
  const { tenant, paths, title, options, template, approval } = submission;
  const probed = await ports.probe(paths);
  const { durationSeconds } = probed;
  const files: SourceFile[] = [];
  for (const path of paths) files.push({ path, ...(await ports.hash(path)) });
  const sha256 = sourceDigest(files.map((file) => file.sha256));
  const forceNonce = submission.force ? randomUUID() : null;
  const id = jobId({ kind: 'minutes', tenant, inputSha256: sha256, options, forceNonce });
  const job = { id, workflowId: workflowId('minutes', tenant, id) };

  const library = await ports.library();
  const existing = async (): Promise<SubmittedJob> => {
    const retitled = title === null ? null : await library.retitle(tenant, id, title);
    const stands = approval === null ? null : await approvalOf(tenant, id, ports);
    return {
      ...job,
      reused: true,
      ...(retitled && { retitled: retitled.status === 'completed' ? 'list' : 'everywhere' }),
      ...(approval !== null && stands === null && { approvalIgnored: true }),
      ...(stands !== null && !isDeepStrictEqual(stands, approval) && { approvalStands: stands }),
    };
  };
  const row = await library.find(tenant, id);
  if (row?.status === 'completed') return await existing();
  const client = await ports.temporal();
  if (await isOpen(row, client)) return await existing();

  // Check everything that can be missing before storing the first byte.
  await requireSearchAttributes(client);
  const store = await ports.store();
  await ports.upload(tenant, files);
  const source = sourceOf(probed, files, sha256);
  const inputOf = (wanted: ApprovalRequest | null): JobInput => ({
    schemaVersion: inputVersion(source, { template, approval: wanted }),
    kind: 'minutes',
    tenant,
    jobId: id,
    source,
    title,
    options,
    ...(template !== null && {
      template: { name: template.template.name, sha256: template.sha256 },
    }),
    ...(wanted !== null && { approval: wanted }),
    forceNonce,
    submittedAt: new Date().toISOString(),
  });
  const started = {
    ...job,
    kind: 'minutes' as const,
    tenant,
    title,
    meetingDate: options.date,
    durationSeconds,
    sourceSha256: sha256,
    sourceName: source.name,
  };
  // An upload takes long. Another process may have submitted the same job meanwhile: keep its row, and its input.
  for (;;) {
    const seen = await library.find(tenant, id);
    if (await isOpen(seen, client)) return await existing();
    if (await library.submit(started, seen)) break;
  }
  if (template !== null) {
    await store.putJson(templateKey(tenant, id, template.sha256), template.template);
  }
  // Who submits a failed job again without a word about approval does not take the request back.
  const wanted = approval ?? (await approvalOf(tenant, id, ports));
  await store.putJson(jobInputKey(tenant, id), inputOf(wanted));
  return { ...job, reused: !(await startMinutes(client, started, 'ALLOW_DUPLICATE_FAILED_ONLY')) };
}

/** The lowest whose readers understand the input. */
function inputVersion(
  source: JobInput['source'],
  { template, approval }: Pick<Submission, 'template' | 'approval'>,
): JobInput['schemaVersion'] {
  if (approval !== null) return 4;
  if (template !== null) return 3;
  return source.kind === 'transcript' || source.files !== undefined ? 2 : 1;
}

/** What a job asks for that was submitted before; null: nothing, or there is no such job. */
async function approvalOf(
  tenant: string,
  id: string,
  { store }: SubmitPorts,
): Promise<ApprovalRequest | null> {
  const input = await (await store()).findJson(jobInputKey(tenant, id), jobInputSchema);
  return input?.approval ?? null;
}

/** What the input of a job says about its files. */
function sourceOf(
  probed: ProbedSource,
  files: readonly SourceFile[],
  sha256: string,
): JobInput['source'] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const [first] = files;
  if (first === undefined) throw new RangeError('a source is at least one file');
  if (probed.kind === 'transcript') {
    return { kind: 'transcript', name: nameOf(first), sha256, bytes };
  }
  const recording = { ...probed, sha256, bytes };
  if (files.length === 1) return { ...recording, name: nameOf(first) };
  const more = ` (+${files.length - 1})`;
  return {
    ...recording,
    name: `${nameOf(first, more.length)}${more}`,
    files: files.map((file) => ({ name: nameOf(file), sha256: file.sha256, bytes: file.bytes })),
  };
}

/** Of a long file name the end is kept, which says more than its beginning. */
const nameOf = ({ path }: SourceFile, taken = 0): string =>
  basename(path).slice(taken - LONGEST_NAME);

const LONGEST_NAME = 255;

/**
 * True when the job is complete, or its row and its workflow are both open. An open row without an open workflow is what
 * a terminated run left: such a job runs again.
 */
async function isOpen(row: JobRow | null, client: Client): Promise<boolean> {
  if (row?.status === 'completed') return true;
  if (row?.status !== 'submitted' && row?.status !== 'running') return false;
  const status = (await workflowStatus(client, row.workflowId))?.status;
  return status === 'queued' || status === 'running';
}
