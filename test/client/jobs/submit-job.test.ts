import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createObjectStore } from '../../../adapters/object-store/object-store.ts';
import {
  jobInputKey,
  outputKey,
  sourceKey,
  templateKey,
} from '../../../adapters/object-store/keys.ts';
import { hashFile } from '../../../adapters/identity/digest.ts';
import { jobId } from '../../../adapters/identity/job-id.ts';
import { sourceDigest } from '../../../adapters/identity/source-digest.ts';
import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import { registerSearchAttributes } from '../../../adapters/temporal/search-attributes.ts';
import { createServiceConnections } from '../../../client/service-connections.ts';
import { cancelJob } from '../../../client/jobs/cancel-job.ts';
import { findJob } from '../../../client/jobs/find-job.ts';
import { jobView } from '../../../client/jobs/job-status.ts';
import { retryJob } from '../../../client/jobs/retry-job.ts';
import { parseJobOptions } from '../../../client/jobs/job-options.ts';
import { submitJob, type SubmittedJob } from '../../../client/jobs/submit-job.ts';
import { readBuiltIn } from '../../../client/templates/choose-template.ts';
import { jobInputSchema } from '../../../workflows/contracts/job-input.ts';
import { templateSchema } from '../../../workflows/contracts/template.ts';
import type { Degradation } from '../../../workflows/contracts/jobs.ts';
import { sampleMinutes } from '../../activities/minutes/render/sample-minutes.ts';
import { freshNamespace } from '../../adapters/temporal/fresh-namespace.ts';
import { ffmpeg, withFolder } from '../../adapters/media/with-folder.ts';
import { historyText } from '../../support/history-text.ts';
import { hansardHere } from '../../support/run-command.ts';
import { hansard, SAMPLE } from '../cli-child.ts';
import { freshTenant } from '../fresh-tenant.ts';

// Each test runs the command line several times, and the machine may be busy.
vi.setConfig({ testTimeout: 90_000 });

/** No worker runs there: jobs are started and wait. */
const place = await freshNamespace();
await registerSearchAttributes(place.client);
const services = createServiceConnections(place.env);
const store = createObjectStore(parseS3Settings(place.env));
/** The beginning of the sample: each test sends it to a tenant of its own. */
const folder = await mkdtemp(join(tmpdir(), 'hansard-submit-'));
const RECORDING = join(folder, 'planning-meeting.flac');
await ffmpeg('-i', SAMPLE, '-t', '6', RECORDING);
afterAll(async () => {
  await rm(folder, { recursive: true });
  store.close();
  await services.close();
  await place[Symbol.asyncDispose]();
});

const PUBLISHED = {
  version: 1,
  revision: null,
  approval: null,
  title: 'Planning',
  meetingDate: null,
  language: 'en',
  durationSeconds: 1,
  minutesKey: 'minutes.json',
  searchText: '',
};

let tenant: string;
beforeEach(() => {
  tenant = freshTenant();
});
const run = (...args: string[]) => hansardHere(args, { ...place.env, HANSARD_TENANT: tenant });
const submit = async (...args: string[]) => {
  const { stdout, stderr, code } = await run('submit', RECORDING, '--json', ...args);
  expect({ stderr, code }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as SubmittedJob;
};
const end = async (
  id: string,
  status: 'completed' | 'failed',
  result: 'complete' | 'partial' | null,
  degradations: readonly Degradation[] = [],
) => {
  const failure = status === 'failed' ? { type: 'NoSpeech', message: 'nobody speaks' } : null;
  const library = await services.library();
  const seen = await library.find(tenant, id);
  if (seen === null) throw new Error(`there is no job ${id}`);
  const run = { tenant, jobId: id, runId: randomUUID() };
  await library.beginRun(seen, run.runId);
  if (result !== null) {
    await library.publish(run, seen.minutesKey, { ...PUBLISHED, result, degradations });
  }
  await library.endRun(run, { status, result, failure });
};
const workflow = async ({ workflowId }: SubmittedJob) =>
  (await services.temporal()).workflow.getHandle(workflowId);

test('the first submission stores the recording, the input and a row, and starts the workflow', async () => {
  const job = await submit(
    '--title',
    'Budget of Ann',
    '--date',
    '2026-03-02',
    '--attendees',
    'Ann',
  );
  expect(job).toEqual({ id: job.id, workflowId: `minutes/${tenant}/${job.id}`, reused: false });

  const input = await store.getJson(jobInputKey(tenant, job.id), jobInputSchema);
  expect(input).toMatchObject({ title: 'Budget of Ann', options: { attendees: ['Ann'] } });
  const source = await store.head(sourceKey(tenant, input.source.sha256));
  expect(source?.bytes).toBe(input.source.bytes);
  expect(await (await services.library()).find(tenant, job.id)).toMatchObject({
    status: 'submitted',
    meetingDate: '2026-03-02',
    sourceName: 'planning-meeting.flac',
  });

  const description = await (await workflow(job)).describe();
  expect(description).toMatchObject({ type: 'minutes', taskQueue: 'pipeline' });
  expect(description.searchAttributes).toMatchObject({ Tenant: [tenant], Stage: ['prepare'] });
  expect(description.priority?.fairnessKey).toBe(tenant);
  const { events } = await (await workflow(job)).fetchHistory();
  const started = events?.[0]?.workflowExecutionStartedEventAttributes;
  const payloads = started?.input?.payloads ?? [];
  const sent = payloads.map(
    ({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown,
  );
  const { sha256: sourceSha256 } = input.source;
  expect(sent).toEqual([{ kind: 'minutes', tenant, jobId: job.id, sourceSha256 }]);
  expect(started?.memo?.fields ?? {}).toEqual({});
  expect(await description.staticSummary()).toMatch(/^minutes of a meeting of \d+ min$/);
});

test('a template is stored beside the input, which names it by its digest; no word of it is in the history', async () => {
  const standard = await submit();
  const job = await submit('--template', 'stand-up');
  expect(job.id).not.toBe(standard.id);
  const input = await store.getJson(jobInputKey(tenant, job.id), jobInputSchema);
  expect(input).toMatchObject({
    schemaVersion: 3,
    options: { template: 'stand-up' },
    template: { name: 'stand-up', sha256: expect.any(String) },
  });
  const key = templateKey(tenant, job.id, input.template?.sha256 ?? '');
  expect(await store.getJson(key, templateSchema)).toEqual(await readBuiltIn('stand-up'));
  const history = historyText(await (await workflow(job)).fetchHistory());
  expect(history).toContain(`"jobId":"${job.id}"`);
  expect(history).not.toMatch(/stand-up|finished since/);
  const plain = await store.getJson(jobInputKey(tenant, standard.id), jobInputSchema);
  expect(plain).toMatchObject({ schemaVersion: 1, options: { template: 'standard' } });
  expect(plain).not.toHaveProperty('template');
});

test('approval is asked for in the input, and is no part of the identity', async () => {
  const asked = ['--approve', '--approver', 'Ann', '--deadline', '12h'];
  const job = await submit(...asked);
  const input = await store.getJson(jobInputKey(tenant, job.id), jobInputSchema);
  expect(input).toMatchObject({
    schemaVersion: 4,
    approval: { asked: 'Ann', withinSeconds: 43_200 },
  });
  expect(await submit()).toEqual({ ...job, reused: true });
  expect(await submit(...asked)).toEqual({ ...job, reused: true });

  const other = await submit('--date', '2026-03-03');
  expect(await submit('--date', '2026-03-03', '--approve')).toEqual({
    ...other,
    reused: true,
    approvalIgnored: true,
  });
  expect(await store.getJson(jobInputKey(tenant, other.id), jobInputSchema)).not.toHaveProperty(
    'approval',
  );
});

test('a job keeps the approval that it asks for first, and whoever wants another one is told how to get it', async () => {
  const job = await submit('--approve', '--approver', 'Ann', '--deadline', '12h');
  const approvalStands = { asked: 'Ann', withinSeconds: 43_200 };
  const again = async (...args: string[]) => {
    expect(await submit('--approve', ...args)).toEqual({ ...job, reused: true, approvalStands });
  };
  await again('--approver', 'Bob', '--deadline', '12h');
  await again('--approver', 'Ann', '--deadline', '2d');
  const { stderr } = await run('submit', RECORDING, '--approve', '--approver', 'Bob');
  expect(stderr).toContain(
    'its first request stands, which asked Ann, with a deadline of 12h; npm run -s hansard -- ' +
      `delegate ${job.id} NAME asks somebody else about a draft`,
  );
  expect(await store.getJson(jobInputKey(tenant, job.id), jobInputSchema)).toMatchObject({
    approval: approvalStands,
  });
});

test('a failed job that is submitted again still asks for approval, as before or as it says now', async () => {
  const job = await submit('--approve', '--approver', 'Ann', '--deadline', '12h');
  const asksFor = async () => store.getJson(jobInputKey(tenant, job.id), jobInputSchema);
  const fail = async () => {
    await (await workflow(job)).terminate();
    await end(job.id, 'failed', null);
  };
  await fail();
  expect(await submit()).toEqual({ ...job, reused: false });
  expect(await asksFor()).toMatchObject({
    schemaVersion: 4,
    approval: { asked: 'Ann', withinSeconds: 43_200 },
  });
  await fail();
  expect(await submit('--approve', '--deadline', '2d')).toEqual({ ...job, reused: false });
  expect(await asksFor()).toMatchObject({ approval: { asked: null, withinSeconds: 172_800 } });
});

test('again with another title: the job gets it, and is queued as long as no worker takes it up', async () => {
  const first = await submit('--title', 'Planning');
  expect(await submit('--title', 'Planning')).toEqual({ ...first, reused: true });
  expect(await submit('--title', 'Budget')).toEqual({
    ...first,
    reused: true,
    retitled: 'everywhere',
  });
  expect(await submit()).toEqual({ ...first, reused: true });
  expect((await run('list')).stdout).toContain('Budget');
  const { stdout } = await run('status', first.id.slice(0, 8), '--json');
  expect(JSON.parse(stdout)).toEqual({
    id: first.id,
    status: 'queued',
    approval: null,
    template: 'standard',
    waitingFor: null,
    result: null,
    stage: null,
    chunks: { done: null, total: null },
    degradations: [],
    costUsd: null,
  });
});

test('other options are another job; --force is another one every time and says that it pays', async () => {
  const first = await submit();
  const others = [await submit('--no-image'), await submit('--force'), await submit('--force')];
  const ids = new Set([first, ...others].map(({ id }) => id));
  expect(ids.size).toBe(4);
  const { stderr } = await run('submit', RECORDING, '--force');
  expect(stderr).toMatch(/--force.*paid for again/);
  expect(stderr).toMatch(/no worker is running: the job waits/);
});

test('files joined in an order are one job, in another order another, and one file is itself', async () => {
  await withFolder(async (folder) => {
    const later = join(folder, 'part2.mp3');
    await ffmpeg('-i', RECORDING, '-t', '2', later);
    const [ahead, behind] = [
      await submit(later, '--join'),
      await submit('--join', later, '--title', 'Again'),
    ];
    expect(behind).toEqual({ ...ahead, reused: true, retitled: 'everywhere' });
    const { source, schemaVersion } = await store.getJson(
      jobInputKey(tenant, ahead.id),
      jobInputSchema,
    );
    const [first, second] = [await hashFile(RECORDING), await hashFile(later)];
    expect({ schemaVersion, source }).toEqual({
      schemaVersion: 2,
      source: {
        kind: 'recording',
        name: 'planning-meeting.flac (+1)',
        sha256: sourceDigest([first.sha256, second.sha256]),
        bytes: first.bytes + second.bytes,
        durationSeconds: expect.closeTo(8, 0) as number,
        files: [
          { name: 'planning-meeting.flac', ...first },
          { name: 'part2.mp3', ...second },
        ],
      },
    });
    // Each file is stored as if it were alone, so that it is sent once whatever it is joined with.
    for (const { sha256, bytes } of [first, second]) {
      expect((await store.head(sourceKey(tenant, sha256)))?.bytes).toBe(bytes);
    }

    const swapped = await run('submit', '--join', later, RECORDING);
    expect(swapped.stderr).toMatch(/^00:00 {2}part2\.mp3\n00:02 {2}planning-meeting\.flac\n/);
    expect(swapped.stdout).toMatch(/started/);
    expect(swapped.stdout).not.toContain(ahead.id);
    const alone = await submit('--join');
    const options = parseJobOptions({ image: true }).options;
    const identity = { kind: 'minutes' as const, tenant, options, forceNonce: null };
    expect(alone.id).toBe(jobId({ ...identity, inputSha256: first.sha256 }));
    const { schemaVersion: ofOne } = await store.getJson(
      jobInputKey(tenant, alone.id),
      jobInputSchema,
    );
    expect(ofOne).toBe(1);
  });
});

test('a completed job is reused without a word to Temporal', async () => {
  const job = await submit();
  await end(job.id, 'completed', 'complete');
  const env = { ...place.env, HANSARD_TENANT: tenant, TEMPORAL_ADDRESS: '127.0.0.1:9' };
  const again = await hansard(['submit', RECORDING, '--json'], { env });
  expect(JSON.parse(again.stdout)).toEqual({ ...job, reused: true });
  const status = await hansard(['status', job.id, '--json'], { env });
  expect(JSON.parse(status.stdout)).toMatchObject({ status: 'completed', result: 'complete' });
});

test('another title for a completed job is listed, and retry puts it into the documents', async () => {
  const job = await submit();
  await (await workflow(job)).terminate();
  await end(job.id, 'completed', 'complete');
  const minutesKey = outputKey(tenant, job.id, 1, 'minutes.json');
  const library = await services.library();
  const retry = async () =>
    await retryJob(
      { ...(await findJob(services.library, tenant, job.id)), minutesKey },
      { library, store, temporal: await services.temporal() },
    );
  await store.putJson(minutesKey, { ...sampleMinutes, title: PUBLISHED.title });
  await expect(retry()).rejects.toThrow(/complete: there is nothing to retry/);

  const { stdout, stderr } = await run('submit', RECORDING, '--title', 'Budget');
  expect(stdout).toContain('exists already: its title is changed');
  expect(stderr).toContain(
    `the documents keep the old title until npm run -s hansard -- retry ${job.id}`,
  );
  expect((await run('list')).stdout).toMatch(/completed .*Budget/);
  expect(await retry()).toEqual({ ...job, reused: false });
});

test('a row that says open while the workflow was terminated reads failed, and runs anew', async () => {
  const job = await submit();
  await (await workflow(job)).terminate();
  const { stdout } = await run('status', job.id, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', result: null });
  expect(await submit()).toEqual({ ...job, reused: false });
});

test('retry runs failed and partial jobs anew, and neither running nor complete ones', async () => {
  const job = await submit();
  const busy = await run('retry', job.id);
  expect(busy).toMatchObject({ code: 2 });
  expect(busy.stderr).toMatch(/is running.*watch/);

  await (await workflow(job)).terminate();
  await end(job.id, 'completed', 'partial');
  expect(JSON.parse((await run('retry', job.id, '--json')).stdout)).toEqual({
    ...job,
    reused: false,
  });

  await (await workflow(job)).terminate();
  await end(job.id, 'failed', null);
  expect(JSON.parse((await run('retry', job.id, '--json')).stdout)).toMatchObject({
    reused: false,
  });

  await end(job.id, 'completed', 'complete');
  expect((await run('retry', job.id)).stderr).toMatch(/complete: there is nothing to retry/);
});

test('retry takes complete minutes for which nobody could tell who spoke, and says what it costs', async () => {
  const job = await submit();
  const lacking = (stage: 'diarize' | 'illustrate'): Degradation => ({
    stage,
    role: stage,
    level: 'missing',
    target: null,
    spans: [],
    reason: 'a: TooLarge',
  });
  await (await workflow(job)).terminate();
  await end(job.id, 'completed', 'complete', [lacking('illustrate')]);
  expect((await run('retry', job.id)).stderr).toMatch(/complete: there is nothing to retry/);

  await end(job.id, 'completed', 'complete', [lacking('diarize')]);
  const { stdout, stderr } = await run('retry', job.id, '--json');
  expect(JSON.parse(stdout)).toEqual({ ...job, reused: false });
  expect(stderr).toContain('the summary is then made, and paid for, anew');

  await (await workflow(job)).terminate();
  await end(job.id, 'completed', 'partial', [lacking('illustrate')]);
  expect((await run('retry', job.id)).stderr).not.toContain('paid for');
});

test('minutes stay with the job when its retry fails or is cancelled', async () => {
  const job = await submit();
  await (await workflow(job)).terminate();
  await end(job.id, 'completed', 'partial');
  const held = { result: 'partial', minutesKey: 'minutes.json', title: 'Planning' };
  const library = await services.library();
  const temporal = await services.temporal();
  const rowOf = () => findJob(services.library, tenant, job.id);

  await retryJob(await rowOf(), { library, store, temporal });
  expect(await rowOf()).toMatchObject({ ...held, status: 'submitted' });
  await (await workflow(job)).terminate();
  await cancelJob(await rowOf(), { library, temporal: services.temporal });
  expect(await rowOf()).toMatchObject({ ...held, status: 'cancelled' });
  const { status } = await jobView(await rowOf(), { library, temporal: services.temporal });
  expect(status).toMatchObject({ status: 'cancelled', result: 'partial' });

  await end(job.id, 'failed', null);
  expect(await rowOf()).toMatchObject({ ...held, status: 'failed' });
});

test('cancel asks a running job to stop, and refuses an ended one', async () => {
  const job = await submit();
  expect(JSON.parse((await run('cancel', job.id, '--json')).stdout)).toEqual({
    id: job.id,
    outcome: 'requested',
  });
  const { events } = await (await workflow(job)).fetchHistory();
  expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);

  await (await workflow(job)).terminate();
  expect(JSON.parse((await run('cancel', job.id, '--json')).stdout)).toMatchObject({
    outcome: 'cancelled',
  });
  expect(await (await services.library()).find(tenant, job.id)).toMatchObject({
    status: 'cancelled',
  });
  await end(job.id, 'completed', 'complete');
  const late = await run('cancel', job.id);
  expect(late).toMatchObject({ code: 1 });
  expect(late.stderr).toMatch(/already ended \(completed\)/);
});

/** Somebody else's job, from its submission to its end. */
async function finishElsewhere(id: string, sha256: string): Promise<void> {
  const library = await services.library();
  const elsewhere = {
    kind: 'minutes' as const,
    tenant,
    id,
    workflowId: `minutes/${tenant}/${id}`,
    title: null,
    meetingDate: null,
    durationSeconds: 1,
    sourceSha256: sha256,
    sourceName: 'a.flac',
  };
  await library.submit(elsewhere, null);
  await store.putJson(jobInputKey(tenant, id), { theirs: true });
  await end(id, 'completed', 'complete');
}

test.each(['during our upload', 'between our last look and our row'] as const)(
  'what somebody else finished %s is reused and not set back',
  async (when) => {
    const library = await services.library();
    const sha256 = 'e'.repeat(64);
    const options = parseJobOptions({ image: true }).options;
    const identity = { kind: 'minutes' as const, tenant, inputSha256: sha256, options };
    const id = jobId({ ...identity, forceNonce: null });
    let isFinished = false;
    const finish = async () => {
      if (!isFinished) await finishElsewhere(id, sha256);
      isFinished = true;
    };
    const job = await submitJob(
      {
        tenant,
        paths: ['a.flac'],
        title: null,
        options,
        template: null,
        approval: null,
        force: false,
      },
      {
        probe: async () => ({ kind: 'recording', durationSeconds: 1 }),
        hash: async () => ({ sha256, bytes: 1 }),
        upload: async () => {
          if (when === 'during our upload') await finish();
        },
        library: async () => ({
          ...library,
          submit: async (...row) => {
            if (when !== 'during our upload') await finish();
            return await library.submit(...row);
          },
        }),
        store: services.store,
        temporal: services.temporal,
      },
    );
    expect(job).toMatchObject({ id, reused: true });
    expect(await library.find(tenant, id)).toMatchObject({ status: 'completed' });
    // Their input is not replaced by ours, whose title may be another.
    const input = new TextDecoder().decode(await store.get(jobInputKey(tenant, id)));
    expect(JSON.parse(input)).toEqual({ theirs: true });
  },
);

test('list shows the jobs of one tenant; another tenant finds nothing', async () => {
  const job = await submit('--title', 'Weekly');
  const { stdout } = await run('list', '--json');
  expect(JSON.parse(stdout)).toMatchObject([{ id: job.id, title: 'Weekly', status: 'submitted' }]);
  expect((await run('list')).stdout).toContain('Weekly');
  tenant = freshTenant();
  expect((await run('list')).stdout).toMatch(/no jobs yet/);
  const missing = await run('status', job.id);
  expect(missing).toMatchObject({ code: 3 });
  expect(missing.stderr).toContain(`has no job ${job.id}`);
});

test('result of a job without minutes says what to do and writes nothing', async () => {
  const job = await submit();
  const { code, stderr } = await run('result', job.id, '--out', '/nonexistent/x');
  expect(stderr).toMatch(/no minutes yet.*watch/);
  expect(code).toBe(1);
});

test('Ctrl-C while watching exits 130, says how to watch again, and leaves the job going', async () => {
  const job = await submit();
  const env = { ...place.env, HANSARD_TENANT: tenant };
  const watched = await hansard(['watch', job.id], { env, interruptAfter: 'queued' });
  expect(watched.code).toBe(130);
  expect(watched.stderr).toContain(`watch ${job.id}`);
  expect((await (await workflow(job)).describe()).status.name).toBe('RUNNING');
});

test('watching a job that failed ends with 1', async () => {
  const job = await submit();
  await (await workflow(job)).terminate();
  await end(job.id, 'failed', null);
  const { code, stdout } = await run('watch', job.id);
  expect(stdout).toBe('failed: NoSpeech: nobody speaks\n');
  expect(code).toBe(1);
});

test('--strict makes partial minutes exit 1', async () => {
  const job = await submit();
  await end(job.id, 'completed', 'partial');
  expect((await run('watch', job.id)).code).toBe(0);
  expect((await run('watch', job.id, '--strict')).code).toBe(1);
});
