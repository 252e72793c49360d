import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { aligned } from '../client/cli/render-list.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { parseLocalConfig } from '../local/config.ts';
import { provisionAll } from '../local/provision/provision-all.ts';
import { runCommand } from './build-processes.ts';
import { callTimes, type CallTimes } from './call-times.ts';
import { earlierBuild, THIS_BUILD } from './earlier-build.ts';
import { startLocalStack, type LocalStack } from './local-stack.ts';
import { programsBelow, usedBetween, type Programs } from './process-tree.ts';
import { median } from './quantile.ts';

/**
 * `npm run bench:local [-- COMMIT]`: the sample through the whole local stack, from `submit` to completed and without a
 * picture, beside faster-whisper alone on the same file with the same settings, in turns. With a commit, that build's
 * stack too. Exits 1 when this build takes longer than promised.
 *
 * The stack is up, its Whisper loaded, before a job is submitted. So the promise is judged by the transcription alone with
 * its model loaded, by the stack's own setting of one thread. Two threads, and the time with the start of the process and
 * the load of the model, are shown beside it.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    file: { type: 'string', default: join(THIS_BUILD, 'local/samples/planning-meeting.flac') },
  },
});

/** At most so many times what faster-whisper takes alone. */
const PROMISED = 1.3;
/** Of the local server's Whisper: `cpu_threads` in `transcriber.py`. */
const SAME_THREADS = 1;
const THREADS = [SAME_THREADS, 2];

interface Alone {
  /** From the start of the process to its end. */
  readonly wholeSeconds: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Job {
  /** From the start of the command to the end of the workflow. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly used: readonly (readonly [program: string, cpuSeconds: number])[];
  /** Of the stack so far. */
  readonly peaks: Programs;
  readonly calls: CallTimes;
}

const wall = ({ seconds }: { readonly seconds: number }): number => seconds;
const cpu = ({ cpuSeconds }: { readonly cpuSeconds: number }): number => cpuSeconds;

const aloneSchema = z.object({
  transcription: z.object({ seconds: z.number(), cpuSeconds: z.number() }),
});
const submittedSchema = z.object({ workflowId: z.string(), reused: z.literal(false) });

const { speech, media } = await provisionAll(
  parseLocalConfig(process.env),
  ['inference'],
  console.error,
);
if (speech === null) throw new Error('faster-whisper is missing');
const { python, whisperModel } = speech;
const folder = await mkdtemp(join(tmpdir(), 'hansard-local-'));
try {
  const commit = positionals[0];
  const builds = new Map([['this build', THIS_BUILD]]);
  if (commit !== undefined) builds.set(commit, await earlierBuild(commit));
  await using stacks = new AsyncDisposableStack();
  const runs = new Map<string, () => Promise<Job>>();
  for (const [name, build] of builds) {
    const stack = stacks.use(await startLocalStack(build));
    runs.set(name, () => runJob(build, stack));
  }
  await measureInTurns(runs);
} finally {
  await rm(folder, { recursive: true });
}

/** The first job of a stack loads what later ones find loaded; it is shown and not judged. */
async function measureInTurns(runs: ReadonlyMap<string, () => Promise<Job>>): Promise<void> {
  for (const [name, run] of runs) report(`${name}, first job`, await run());
  const alone = new Map<number, Alone[]>(THREADS.map((threads) => [threads, []]));
  const jobs = new Map<string, Job[]>([...runs.keys()].map((name) => [name, []]));
  const turns = [
    ...THREADS.map((threads) => async () => {
      const measured = await runAlone(threads);
      alone.get(threads)?.push(measured);
      reportAlone(threads, measured);
    }),
    ...[...runs].map(([name, run]) => async () => {
      const job = await run();
      jobs.get(name)?.push(job);
      report(name, job);
    }),
  ];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  judge(alone, jobs);
}

async function runAlone(threads: number): Promise<Alone> {
  const script = join(import.meta.dirname, 'faster_whisper_alone.py');
  const startedAt = performance.now();
  const printed = await run(python, [script, whisperModel, values.file, String(threads)]);
  const wholeSeconds = (performance.now() - startedAt) / 1000;
  const { transcription } = aloneSchema.parse(JSON.parse(printed));
  return { wholeSeconds, ...transcription };
}

async function runJob(build: string, stack: LocalStack): Promise<Job> {
  const services = createServiceConnections(stack.environment);
  try {
    const client = await services.temporal();
    const file = await newRecording();
    const before = await look(stack);
    const begun = Date.now();
    const submit = ['submit', file, '--no-image', '--json'];
    const printed = await runCommand(build, submit, stack.environment);
    const { workflowId } = submittedSchema.parse(JSON.parse(printed));
    await client.workflow.getHandle(workflowId).result();
    const seconds = (Date.now() - begun) / 1000;
    const after = await look(stack);
    const used = [...usedBetween(before.programs, after.programs)];
    used.push(['submit', after.endedSeconds - before.endedSeconds]);
    const cpuSeconds = used.reduce((sum, [, one]) => sum + one, 0);
    const calls = await callTimes(client, workflowId, begun);
    return { seconds, cpuSeconds, used, peaks: after.programs, calls };
  } finally {
    await services.close();
  }
}

/** The programs of the stack, and the processor time of this process's commands so far. */
async function look({ pid }: LocalStack) {
  const own = await programsBelow(process.pid);
  const endedSeconds = own.get('bench/local.ts')?.endedChildrenSeconds ?? 0;
  return { programs: await programsBelow(pid), endedSeconds };
}

/** The same sound in a file of its own: nothing of it has been stored before. */
async function newRecording(): Promise<string> {
  const to = join(folder, `${randomUUID()}${extname(values.file)}`);
  const named = ['-metadata', `comment=${randomUUID()}`, '-c', 'copy', to];
  await run(media.ffmpeg, ['-v', 'error', '-i', values.file, ...named]);
  return to;
}

function reportAlone(threads: number, { seconds, cpuSeconds, wholeSeconds }: Alone): void {
  console.log(
    `faster-whisper alone, ${threads} thread${threads === 1 ? '' : 's'}: ${seconds.toFixed(1)} s, ` +
      `${cpuSeconds.toFixed(1)} s of CPU; with start and model ${wholeSeconds.toFixed(1)} s`,
  );
}

function report(name: string, { seconds, cpuSeconds, used, peaks, calls }: Job): void {
  console.log(`${name}: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU`);
  const programs = used
    .filter(([, one]) => one >= 0.1)
    .map(([program, one]) => {
      const peak = peaks.get(program)?.peakMebibytes;
      const memory = peak === undefined ? '' : `${peak.toFixed(0)} MiB`;
      return [`  ${program}`, `${one.toFixed(1)} s`, memory];
    });
  for (const line of aligned([['  program', 'CPU', 'peak'], ...programs])) console.log(line);
  const activities = [...calls].map(([activity, { count, from, to }]) => [
    `  ${activity}`,
    String(count),
    from.toFixed(1),
    to.toFixed(1),
  ]);
  for (const line of aligned([['  activity', 'calls', 'from', 'to'], ...activities])) {
    console.log(line);
  }
}

/** Of a machine that has other things to do, look at the processor times. */
function judge(
  alone: ReadonlyMap<number, readonly Alone[]>,
  jobs: ReadonlyMap<string, readonly Job[]>,
): void {
  let measured = Infinity;
  const rows = [...jobs].flatMap(([name, times]) =>
    [...alone].map(([threads, others]) => {
      const [job, other] = [medianOf(times, wall), medianOf(others, wall)];
      if (name === 'this build' && threads === SAME_THREADS) measured = job / other;
      return [
        name,
        String(threads),
        ...[job, other].map((seconds) => `${seconds.toFixed(1)} s`),
        (job / other).toFixed(2),
        (job / medianOf(others, ({ wholeSeconds }) => wholeSeconds)).toFixed(2),
        (medianOf(times, cpu) / medianOf(others, cpu)).toFixed(2),
      ];
    }),
  );
  const head = [
    '',
    'threads alone',
    'stack',
    'alone',
    'ratio',
    'with start and model',
    'CPU ratio',
  ];
  console.log(`medians of ${values.rounds} rounds`);
  for (const line of aligned([head, ...rows])) console.log(line);
  const isKept = measured <= PROMISED;
  console.log(
    `promised ${PROMISED}, measured ${measured.toFixed(2)}: ${isKept ? 'kept' : 'MISSED'}`,
  );
  if (!isKept) process.exitCode = 1;
}

function medianOf<T>(measured: readonly T[], figure: (one: T) => number): number {
  return median(measured.map(figure));
}

async function run(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout;
}
