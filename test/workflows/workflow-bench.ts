import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, type Info } from '@temporalio/activity';
import {
  Client,
  Connection,
  WorkflowFailedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { registerSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { WORKFLOWS_PATH } from '../../workers/workflow-bundle.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { MinutesResult } from '../../workflows/contracts/jobs.ts';
import type { MinutesInput } from '../../workflows/contracts/minutes-state.ts';
import type { Chains, RecordedTarget } from '../../workflows/contracts/targets.ts';
import type { approval, minutes, revise } from '../../workflows/index.ts';
import { bundledWorkflows } from '../support/bundled-workflows.ts';
import { installQuietRuntime } from '../support/install-quiet-runtime.ts';
import { testStack } from '../support/stack.ts';
import { recordedTarget } from './recorded-target.ts';

/** One attempt of an activity, in the order in which they reached a worker. */
export interface Call {
  readonly name: keyof Activities;
  readonly queue: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly info: Info;
}

export interface Job {
  readonly handle: WorkflowHandleWithFirstExecutionRunId<typeof minutes>;
  readonly calls: readonly Call[];
  /** The inputs of one activity, in order. */
  readonly inputsOf: <Name extends keyof Activities>(
    name: Name,
  ) => readonly Parameters<Activities[Name]>[0][];
}

export interface FinishedJob extends Job {
  readonly result: MinutesResult;
}

export interface FailedJob extends Job {
  readonly cause: Error | undefined;
}

/** The activities of a job that differ from `ALL_GOES_WELL`. */
export type FakeActivities = Partial<Activities>;

/**
 * Runs the workflows of the working copy on the run's Temporal server, in a namespace of their own, with activities
 * that each test gives for its job. Every queue has its own worker, which knows only the activities of that queue: a
 * call on another queue never ends. Targets are named `first`, `second` and `third`. `withoutJob` replaces the
 * activities that belong to no job: `warmTarget`, `sweepAbandoned` and `postWebhook`. `interceptors` is the path of a module for the
 * workflows; `slots` limits the activities that a queue's worker runs at the same time.
 */
export async function openWorkflowBench(
  withoutJob: FakeActivities = {},
  { interceptors, slots }: { readonly interceptors?: string; readonly slots?: number } = {},
) {
  installQuietRuntime();
  await using undo = new AsyncDisposableStack();
  const { address } = testStack().temporal;
  const namespace = `w${randomBytes(5).toString('hex')}`;
  const connection = await Connection.connect({ address });
  undo.defer(() => connection.close());
  const bundling = interceptors === undefined ? bundledWorkflows() : bundle([interceptors]);
  const [{ code }] = await Promise.all([bundling, createNamespace(connection, namespace)]);
  const native = await NativeConnection.connect({ address });
  undo.defer(() => native.close());

  const jobs = new Map<string, { calls: Call[]; fakes: Activities }>();
  const callsWithoutJob: Call[] = [];
  jobs.set(NO_JOB, { calls: callsWithoutJob, fakes: { ...ALL_GOES_WELL, ...withoutJob } });
  const shared = {
    connection: native,
    namespace,
    // Cancellation reaches an activity with the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '20 milliseconds',
    shutdownGraceTime: '1 second',
  } as const;
  const workers = await Promise.all([
    Worker.create({ ...shared, taskQueue: 'pipeline', workflowBundle: { code } }),
    ...QUEUES.map(([taskQueue, names]) =>
      Worker.create({
        ...shared,
        taskQueue,
        activities: dispatch(names, jobs),
        ...(slots !== undefined && { maxConcurrentActivityTaskExecutions: slots }),
      }),
    ),
  ]);
  const running = workers.map((worker) => worker.run());
  undo.defer(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  });

  const client = new Client({ connection, namespace });
  const newJob = (fakes: FakeActivities): Omit<Job, 'handle'> & { readonly jobId: string } => {
    const jobId = newJobId();
    const calls: Call[] = [];
    jobs.set(jobId, { calls, fakes: { ...ALL_GOES_WELL, ...fakes } });
    return {
      jobId,
      calls,
      inputsOf: (name) =>
        calls
          .filter((call) => call.name === name)
          .map(({ input }) => input as unknown as Parameters<Activities[typeof name]>[0]),
    };
  };
  const start = async (fakes: FakeActivities = {}): Promise<Job> => {
    const { jobId, ...job } = newJob(fakes);
    const input: MinutesInput = {
      kind: 'minutes',
      tenant: 'default',
      jobId,
      sourceSha256: '0'.repeat(64),
    };
    const handle = await client.workflow.start<typeof minutes>('minutes', {
      args: [input],
      workflowId: `minutes/default/${jobId}`,
      taskQueue: 'pipeline',
    });
    return { ...job, handle };
  };
  const disposables = undo.move();

  return {
    client,
    callsWithoutJob,
    start,
    /** Starts the change of a job's minutes. */
    revise: async (fakes: FakeActivities) => {
      const { jobId, ...job } = newJob(fakes);
      const handle = await client.workflow.start<typeof revise>('revise', {
        args: [{ tenant: 'default', jobId, change: CHANGE }],
        workflowId: `revise/default/${jobId}`,
        taskQueue: 'pipeline',
      });
      return { ...job, handle };
    },
    /** Starts the workflow that waits for the approval of a job. */
    approval: async (fakes: FakeActivities) => {
      const { jobId, ...job } = newJob(fakes);
      const handle = await client.workflow.start<typeof approval>('approval', {
        args: [{ tenant: 'default', jobId }],
        workflowId: `approval/default/${jobId}`,
        taskQueue: 'pipeline',
      });
      return { ...job, handle };
    },
    /** Runs a job to its end; throws what the workflow failed with. */
    run: async (fakes: FakeActivities = {}): Promise<FinishedJob> => {
      const job = await start(fakes);
      return { ...job, result: await job.handle.result() };
    },
    /** Runs a job that must fail, and answers with the failure that it ended with. */
    fail: async (fakes: FakeActivities): Promise<FailedJob> => {
      const job = await start(fakes);
      try {
        await job.handle.result();
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        const { cause } = error;
        return { ...job, cause: cause instanceof ActivityFailure ? cause.cause : cause };
      }
      throw new Error('the job did not fail');
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

const bundle = (workflowInterceptorModules: string[]) =>
  bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    workflowInterceptorModules,
    logger: new DefaultLogger('ERROR'),
  });

export type WorkflowBench = Awaited<ReturnType<typeof openWorkflowBench>>;

const PAID: readonly (keyof Activities)[] = [
  'transcribeChunk',
  'diarizeRecording',
  'summarizeSection',
  'reduceSummaries',
  'drawPicture',
  'moderatePicture',
  'warmTarget',
];

const QUEUES: readonly (readonly [string, readonly (keyof Activities)[]])[] = [
  [
    'io',
    [
      'startJob',
      'lookUpChunks',
      'closeWindow',
      'assembleTranscript',
      'cutAhead',
      'cutSections',
      'keepAnswers',
      'planReduction',
      'adoptEarlierSummary',
      'concludeSummary',
      'renderMinutes',
      'publishMinutes',
      'startRevision',
      'countSummaryCalls',
      'renderRevision',
      'publishRevision',
      'closeRevision',
      'lookAtApproval',
      'remindOfApproval',
      'lookForWorker',
      'closeJob',
      'ensureEndpointReady',
      'sweepAbandoned',
    ],
  ],
  ['webhooks', ['postWebhook']],
  ['media', ['prepareRecording', 'storeHeard', 'assessPicture', 'publishPicture']],
  ['paid.first', PAID],
  ['paid.second', PAID],
  ['paid.third', PAID],
];

/** The change that `revise` makes. */
export const CHANGE = 'c'.repeat(64);

const NO_JOB = '';

type AnyInput = Readonly<Record<string, unknown>> & { readonly jobId?: string };
type AnyActivity = (input?: AnyInput) => Promise<unknown>;

/** Activities that record the call and run the one that the job's test gave. */
function dispatch(
  names: readonly (keyof Activities)[],
  jobs: ReadonlyMap<string, { readonly calls: Call[]; readonly fakes: Activities }>,
): Record<string, AnyActivity> {
  return Object.fromEntries(
    names.map((name): [string, AnyActivity] => [
      name,
      async (input = {}) => {
        const job = jobs.get(input.jobId ?? NO_JOB);
        if (job === undefined) throw ApplicationFailure.nonRetryable('no such job', 'NoSuchJob');
        const info = activityInfo();
        job.calls.push({ name, queue: info.taskQueue, input, info });
        return await (job.fakes[name] as AnyActivity)(input);
      },
    ]),
  );
}

/** 26 characters of base32, as job ids are. */
const newJobId = (): string =>
  Array.from({ length: 26 }, () => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(randomInt(32))).join(
    '',
  );

async function createNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: (24 * 3600) as never },
  });
  for (let tries = 0; ; tries += 1) {
    try {
      await registerSearchAttributes(new Client({ connection, namespace }));
      return;
    } catch (error) {
      // A server takes a moment to know a new namespace.
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

/** How many activities of a type the job scheduled in the first workflow task that scheduled any. */
export async function scheduledAtOnce({ handle }: Job, name: keyof Activities): Promise<number> {
  const { events } = await handle.fetchHistory();
  const tasks = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === name ? [String(scheduled.workflowTaskCompletedEventId)] : [],
  );
  return tasks.filter((task) => task === tasks[0]).length;
}

/** `startJob` with one target per role, except for the given chains. */
export const started =
  (
    chains: Partial<Chains> = {},
    rest: { readonly image?: boolean; readonly probeMs?: number } = {},
  ): Activities['startJob'] =>
  async () =>
    await Promise.resolve({
      chains: {
        transcribe: [recordedTarget('first')],
        summarize: [recordedTarget('first')],
        illustrate: [recordedTarget('first')],
        moderate: [recordedTarget('first')],
        ...chains,
      },
      image: true,
      language: null,
      ...rest,
    });

/** A recording with this number of chunks, all with speech. */
export const prepared =
  (chunks: number): Activities['prepareRecording'] =>
  async () =>
    await Promise.resolve({
      planKey: 'a-plan',
      scratch: 'a-scratch/',
      durationSeconds: 300 * chunks,
      chunks,
      speechChunks: chunks,
    });

/** A transcript with this number of sections of 300 seconds. */
export const sections = (count: number) => ({
  sections: Array.from({ length: count }, (_section, index) => ({
    start: index * 300,
    end: (index + 1) * 300,
  })),
});

/** The failure of an activity as `toApplicationFailure` makes it: Temporal does not retry it. */
export const refusal = (type: string, message: string = type): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type);

/** Fails with the failure type that `failures` has for the target; answers for other targets. */
export function unless<Input extends { readonly target: RecordedTarget }, Answer>(
  failures: Readonly<Record<string, string>>,
  answer: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  return async (input) => {
    const type = failures[input.target.name];
    if (type !== undefined) throw refusal(type, `${input.target.name} says ${type}`);
    return await answer(input);
  };
}

const answered = ({ target }: { readonly target: RecordedTarget }) =>
  Promise.resolve({ target: target.name, reused: false });

/** A recording of one chunk with speech, one section, a good picture. */
export const ALL_GOES_WELL: Activities = {
  startJob: started(),
  prepareRecording: prepared(1),
  lookUpChunks: ({ from, to }) =>
    Promise.resolve({
      pending: Array.from({ length: to - from }, (_chunk, offset) => ({
        index: from + offset,
        start: (from + offset) * 300,
        end: (from + offset + 1) * 300,
      })),
      held: 0,
      heldBy: [],
    }),
  transcribeChunk: answered,
  diarizeRecording: async (input) => ({ ...(await answered(input)), callKey: 'd'.repeat(64) }),
  closeWindow: ({ from, to, failures }) =>
    Promise.resolve({ transcribed: to - from - failures.length, failed: failures.length }),
  assembleTranscript: () =>
    Promise.resolve({ language: 'en', segments: 40, characters: 5000, gaps: 0 }),
  importTranscript: () =>
    Promise.resolve({ language: 'en', segments: 40, characters: 5000, gaps: 0 }),
  cutAhead: () => Promise.resolve({ open: [] }),
  cutSections: () => Promise.resolve(sections(1)),
  summarizeSection: answered,
  keepAnswers: () => Promise.resolve(),
  planReduction: ({ level }) => Promise.resolve({ groups: level === 0 ? 1 : 0 }),
  reduceSummaries: answered,
  adoptEarlierSummary: () => Promise.resolve(null),
  concludeSummary: () => Promise.resolve({ statements: 9, verified: 9 }),
  drawPicture: ({ target, attempt }) =>
    Promise.resolve({ target: target.name, reused: false, sha256: `picture-${attempt}` }),
  moderatePicture: ({ target }) =>
    Promise.resolve({ target: target.name, reused: false, verdict: 'safe' }),
  storeHeard: () => Promise.resolve(),
  assessPicture: () => Promise.resolve({ quality: 0.8 }),
  publishPicture: ({ sha256 }) => Promise.resolve({ verdict: 'safe', key: `published/${sha256}` }),
  renderMinutes: ({ jobId, degradations }) =>
    Promise.resolve({
      result: 'complete',
      minutesKey: `${jobId}/minutes.json`,
      degradations: degradations.length,
    }),
  publishMinutes: () => Promise.resolve(undefined),
  startRevision: () => Promise.resolve({ summarize: null, probeMs: 1_800_000 }),
  countSummaryCalls: () => Promise.resolve({ sections: 1, calls: 1, atMost: 1 }),
  renderRevision: ({ jobId }) =>
    Promise.resolve({
      version: 2,
      minutesKey: `${jobId}/versions/2/minutes.json`,
      statements: { all: 4, verified: 3 },
      statementsBefore: { all: 4, verified: 4 },
    }),
  publishRevision: () => Promise.resolve(),
  closeRevision: () => Promise.resolve(),
  lookAtApproval: () => Promise.resolve(null),
  remindOfApproval: () => Promise.resolve(),
  lookForWorker: () => Promise.resolve({ isServed: true }),
  closeJob: () => Promise.resolve(),
  ensureEndpointReady: () => Promise.resolve({ state: 'running', waitedMs: 0 }),
  sweepAbandoned: () =>
    Promise.resolve({ releasedClaims: 0, inDoubt: 0, closedJobs: 0, deletedObjects: 0 }),
  warmTarget: () => Promise.resolve({ outcome: 'warm', status: 200 }),
  postWebhook: () => Promise.resolve({ state: 'delivered', waitMs: 0, tries: 1 }),
};
