import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createServiceConnections } from '../client/service-connections.ts';
import { onStack, runCommand, withWorker, type Environment } from './build-processes.ts';
import { earlierBuild, THIS_BUILD } from './earlier-build.ts';
import { loopSample } from './loop-sample.ts';
import { mostMemory } from './most-memory.ts';
import { SLOW_MODELS, withSlowModels } from './slow-models.ts';

/**
 * `npm run bench:memory [-- COMMIT]`: the most memory that a worker takes for minutes of a long recording, this build and
 * an earlier one in one run, each on a stack of its own. Exits 1 when this build needs more than promised.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Length of the recording. */
    minutes: { type: 'string', default: '120' },
    /** Only this build: nothing is judged. */
    alone: { type: 'boolean', default: false },
  },
});

/** At most so many times the memory of the earlier build. */
const PROMISED = 0.6;

interface Measured {
  /** Once it is ready, and at most: MiB of the worker's own process. */
  readonly ready: number;
  readonly most: number;
  readonly seconds: number;
}

const commit = positionals[0] ?? '964e109';
const folder = await mkdtemp(join(tmpdir(), 'hansard-memory-'));
try {
  const recording = join(folder, 'recording.flac');
  await loopSample(recording, Number(values.minutes));
  const ours = await measure(THIS_BUILD, recording);
  report('this build', ours);
  if (!values.alone) judge(ours, await measure(await earlierBuild(commit), recording));
} finally {
  await rm(folder, { recursive: true });
}

function judge(ours: Measured, earlier: Measured): void {
  report(commit, earlier);
  const ratio = ours.most / earlier.most;
  const kept = ratio <= PROMISED;
  console.log(
    `${ratio.toFixed(2)} times the memory, promised ${PROMISED}: ${kept ? 'kept' : 'MISSED'}`,
  );
  if (!kept) process.exitCode = 1;
}

async function measure(build: string, recording: string): Promise<Measured> {
  const configuration = join(folder, 'hansard.yaml');
  await writeFile(configuration, SLOW_MODELS);
  return await withSlowModels((models) =>
    onStack(['temporal', 's3', 'postgres', 'redis'], async (stack) => {
      const environment = { ...stack, ...models, HANSARD_CONFIG: configuration };
      await runCommand(build, ['migrate'], environment);
      return await withWorker(build, environment, async ({ pid = 0 }) => {
        const ready = await mostMemory(pid);
        const begun = performance.now();
        await minutesOf(build, recording, environment);
        const seconds = (performance.now() - begun) / 1000;
        return { ready, most: await mostMemory(pid), seconds };
      });
    }),
  );
}

async function minutesOf(build: string, recording: string, env: Environment): Promise<void> {
  const services = createServiceConnections(env);
  try {
    const printed = await runCommand(build, ['submit', recording, '--json'], env);
    const { workflowId } = z.object({ workflowId: z.string() }).parse(JSON.parse(printed));
    const client = await services.temporal();
    await client.workflow.getHandle(workflowId).result();
  } finally {
    await services.close();
  }
}

function report(name: string, { ready, most, seconds }: Measured): void {
  console.log(
    `${name}: a worker has ${Math.round(ready)} MiB when it is ready, and at most ${Math.round(most)} for ` +
      `${values.minutes} minutes (${Math.round(seconds)} s)`,
  );
}
