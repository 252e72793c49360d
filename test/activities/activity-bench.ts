import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pg from 'pg';
import { createActivities } from '../../activities/index.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createDatabase } from '../../adapters/database/create-database.ts';
import { createIdempotentRequests } from '../../adapters/database/idempotent-requests.ts';
import { createNonces } from '../../adapters/database/nonces.ts';
import { createUploads } from '../../adapters/database/uploads.ts';
import { createPartUploads } from '../../adapters/object-store/part-uploads.ts';
import { createWebhookDeliveries } from '../../adapters/database/webhooks/deliveries.ts';
import { createJobLibrary } from '../../adapters/database/job-library.ts';
import { createRefusals } from '../../adapters/database/refusals.ts';
import { createLedger } from '../../adapters/database/create-ledger.ts';
import { migrate } from '../../adapters/database/migrate.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import { createCallSlots } from '../../adapters/inference/limits/call-slots.ts';
import { createTokenLimitMemory } from '../../adapters/inference/targets/token-limit-memory.ts';
import { createGate } from '../../adapters/inference/limits/create-gate.ts';
import { createInferenceMetrics } from '../../adapters/inference/metrics/create-inference-metrics.ts';
import { createApiTokenPool } from '../../adapters/inference/limits/api-token-pool.ts';
import { createTransport } from '../../adapters/inference/wire/send.ts';
import { loadEstimateCounter } from '../../adapters/inference/tokenizers/estimate-tokens.ts';
import { createObjectStore } from '../../adapters/object-store/object-store.ts';
import { ensureBucket } from '../../adapters/object-store/ensure-bucket.ts';
import { jobInputKey, sourceKey } from '../../adapters/object-store/keys.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { sha256 } from '../../adapters/identity/digest.ts';
import { aTarget } from '../adapters/inference/a-target.ts';
import { testStack } from '../support/stack.ts';

interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
export interface ProviderAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes are sent unchanged, anything else as JSON. */
  readonly body: unknown;
}

/** A real ledger and a real store of the test's own, and a scripted provider on the loopback interface. */
export async function openBench() {
  await using undo = new AsyncDisposableStack();
  const provider = await startProvider();
  undo.defer(provider.close);
  const databaseUrl = await createOwnDatabase(testStack().databaseUrl);
  const db = createDatabase({ url: databaseUrl, maxConnections: 8 });
  undo.defer(() => db.destroy());
  await migrate(db);
  const s3 = {
    ...testStack().s3,
    bucket: `b${randomBytes(5).toString('hex')}`,
    forcePathStyle: true,
  };
  await ensureBucket(s3);
  const store = createObjectStore(s3);
  undo.defer(() => store.close());
  const partUploads = createPartUploads(s3);
  undo.defer(() => partUploads.close());
  const transport = createTransport({ userAgent: 'hansard/test' });
  undo.defer(() => transport.close());
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'hansard-bench-'));
  undo.defer(() => rm(scratchDirectory, { recursive: true }));

  const target = (changes: Partial<Target>) => aTarget({ baseUrl: provider.url, ...changes });
  const targets = {
    transcribe: target({ name: 'whisper', role: 'transcribe' }),
    diarize: target({
      name: 'voices',
      role: 'diarize',
      contract: 'toolkit',
      model: 'a/voices',
      audioSeconds: null,
    }),
    summarize: target({
      name: 'mixtral',
      role: 'summarize',
      contract: 'hf-chat',
      model: 'a/mixtral',
    }),
    illustrate: target({ name: 'flux', role: 'illustrate', model: 'a/flux' }),
    moderate: target({ name: 'judge', role: 'moderate', model: 'a/judge' }),
  };
  const newGate = () => createGate({ shared: null, now: () => new Date() });
  let gate = newGate();
  const deps: Dependencies = {
    store,
    ledger: createLedger(db),
    library: createJobLibrary(db),
    gatewayRecords: [createRefusals(db), createIdempotentRequests(db), createNonces(db)],
    uploads: createUploads(db),
    partUploads,
    transport,
    gate: {
      admit: (...asked) => gate.admit(...asked),
      report: (...told) => gate.report(...told),
      turn: (...wanted) => gate.turn(...wanted),
      state: (key) => gate.state(key),
      close: () => gate.close(),
    },
    tokenLimits: createTokenLimitMemory(),
    callSlots: createCallSlots(),
    apiTokenPoolOf: () => createApiTokenPool({ now: () => new Date() }),
    metrics: createInferenceMetrics({ targets: Object.values(targets) }),
    tokens: { counterFor: () => loadEstimateCounter() },
    scratchDirectory,
    binaries: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    inference: {
      roles: {
        transcribe: [targets.transcribe],
        diarize: [targets.diarize],
        summarize: [targets.summarize],
        illustrate: [targets.illustrate],
        moderate: [targets.moderate],
        classify: [],
        generate: [],
        embed: [],
      },
      skipped: [],
      patience: { nextTargetMs: 300_000, lastTargetMs: 21_600_000, probeMs: 1_800_000 },
      services: {
        routerUrl: provider.url,
        hubUrl: provider.url,
        endpointsUrl: `${provider.url}/v2`,
        hubTokens: [],
      },
    },
    latestRun: async () => await Promise.resolve(null),
    signalWorkflow: async () => await Promise.resolve(),
    deliveries: createWebhookDeliveries(db),
    countDelivery: () => undefined,
    postMessage: () => Promise.reject(new Error('no test posts')),
    startDelivery: () => Promise.resolve(),
    isPolled: async () => await Promise.resolve(true),
    now: () => new Date(),
  };
  /** Writes the row of a job, as a client does, over the one that is there. */
  const submit = async ({ tenant, jobId, source }: JobInput): Promise<void> => {
    const row = {
      tenant,
      id: jobId,
      kind: 'minutes' as const,
      workflowId: `minutes/${tenant}/${jobId}`,
      title: null,
      meetingDate: null,
      durationSeconds: source.kind === 'recording' ? source.durationSeconds : null,
      sourceSha256: source.sha256,
      sourceName: source.name,
    };
    await deps.library.submit(row, await deps.library.find(tenant, jobId));
  };
  const disposables = undo.move();

  return {
    db,
    deps,
    provider,
    targets,
    recorded: {
      transcribe: recordTarget(targets.transcribe),
      diarize: recordTarget(targets.diarize),
      summarize: recordTarget(targets.summarize),
      illustrate: recordTarget(targets.illustrate),
      moderate: recordTarget(targets.moderate),
    },

    /** Resets what earlier tests did to the gates of the targets. */
    openGates: () => {
      gate = newGate();
    },

    /** A submitted job: its input is in the store, and so is its recording if one is given. */
    newJob: async (
      recording: Uint8Array | null = null,
      change: Partial<JobInput> = {},
    ): Promise<JobInput> => {
      const bytes = recording ?? randomBytes(16);
      const job: JobInput = {
        schemaVersion: 1,
        kind: 'minutes',
        tenant: 'default',
        jobId: newJobId(),
        source: {
          kind: 'recording',
          name: 'meeting.flac',
          sha256: sha256(bytes),
          bytes: bytes.length,
          durationSeconds: 60,
        },
        title: null,
        options: { date: null, language: 'en', attendees: [], template: 'standard', image: true },
        forceNonce: null,
        submittedAt: '2026-03-02T10:00:00.000Z',
        ...change,
      };
      await store.putJson(jobInputKey(job.tenant, job.jobId), job);
      if (recording !== null) {
        await store.put(sourceKey(job.tenant, job.source.sha256), recording, {
          contentType: 'audio/flac',
        });
      }
      return job;
    },

    submit,

    /** Writes the row of a job and gives it to a run. */
    begin: async (job: JobInput, runId: string): Promise<void> => {
      await submit(job);
      const latestRun = () => Promise.resolve({ runId, isRunning: true });
      const { startJob } = createActivities({ ...deps, latestRun });
      await attempt(() => startJob({ tenant: job.tenant, jobId: job.jobId, runId }));
    },

    keysBelow: async (prefix: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      return keys;
    },

    close: () => disposables.disposeAsync(),
  };
}

/** Runs one attempt of an activity; `onStart` may cancel it or listen to its heartbeats. */
export async function attempt<T>(
  work: () => Promise<T>,
  info: Partial<Info> = {},
  onStart: (environment: MockActivityEnvironment) => void = () => undefined,
): Promise<T> {
  const environment = new MockActivityEnvironment(
    {
      heartbeatTimeoutMs: 20_000,
      startToCloseTimeoutMs: 180_000,
      scheduledTimestampMs: Date.now() - 1_000,
      currentAttemptScheduledTimestampMs: Date.now(),
      ...info,
    },
    { logger: new DefaultLogger('ERROR') },
  );
  // Subscribe before it runs: the first heartbeat comes at once.
  onStart(environment);
  return await environment.run<[], T, () => Promise<T>>(work);
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const newJobId = () =>
  Array.from(randomBytes(26), (byte) => BASE32[byte % BASE32.length] ?? 'a').join('');

async function startProvider() {
  const requests: ProviderRequest[] = [];
  const provider = {
    requests,
    url: '',
    /** Replaced by each test; may be slow. */
    answer: async (_request: ProviderRequest): Promise<ProviderAnswer> =>
      await Promise.resolve({ status: 500, body: {} }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: await buffer(incoming),
      };
      requests.push(request);
      const { status, headers, body } = await provider.answer(request);
      const bytes = body instanceof Uint8Array;
      outgoing.writeHead(status, {
        'content-type': bytes ? 'application/octet-stream' : 'application/json',
        ...headers,
      });
      outgoing.end(bytes ? body : JSON.stringify(body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

async function createOwnDatabase(url: string): Promise<string> {
  const name = `b${randomBytes(5).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
