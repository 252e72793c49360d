import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { aligned } from '../client/cli/render-list.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { onStack, runCommand, withWorker, type Environment } from './build-processes.ts';
import { earlierBuild, THIS_BUILD } from './earlier-build.ts';
import { loopSample } from './loop-sample.ts';
import { callTimes, type CallTimes } from './call-times.ts';
import { CONCURRENCY, LATENCY_MS, SLOW_MODELS, withSlowModels } from './slow-models.ts';

/**
 * `npm run bench:pipeline [-- COMMIT]`: from `submit` to published minutes, this build and an earlier one in one run, with
 * models that take a fixed time. Exits 1 when this build takes longer than promised. Each build has a stack of its own.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Length of the recording. */
    minutes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    /** One of ours, earlier. */
    only: { type: 'string' },
  },
});

/** At most so many times the critical path of the calls, and so many seconds on top. */
const PROMISED = { times: 1.15, seconds: 5 };

interface Measured {
  /** From the start of the command to the end of the workflow. */
  readonly wallSeconds: number;
  readonly pathSeconds: number;
  readonly chunks: number;
  readonly sections: number;
  readonly calls: CallTimes;
}

const commit = positionals[0] ?? '9728da9';
const builds = { 'this build': THIS_BUILD, [commit]: await earlierBuild(commit) };
const isWanted = (name: string): boolean =>
  values.only === undefined || (values.only === 'ours') === (name === 'this build');
const folder = await mkdtemp(join(tmpdir(), 'hansard-pipeline-'));
let kept = true;
try {
  const recording = join(folder, 'recording.flac');
  await loopSample(recording, Number(values.minutes));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, build] of Object.entries(builds).filter(([key]) => isWanted(key))) {
      const measured = await measure(build, recording);
      report(name, measured);
      if (name === 'this build') kept &&= measured.wallSeconds <= allowed(measured);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
if (!kept) process.exitCode = 1;

async function measure(build: string, recording: string): Promise<Measured> {
  const configuration = join(folder, 'hansard.yaml');
  await writeFile(configuration, SLOW_MODELS);
  return await withSlowModels((models) =>
    onStack(['temporal', 's3', 'postgres', 'redis'], async (stack) => {
      const environment = { ...stack, ...models, HANSARD_CONFIG: configuration };
      await runCommand(build, ['migrate'], environment);
      return await withWorker(build, environment, () => submit(build, recording, environment));
    }),
  );
}

async function submit(build: string, recording: string, env: Environment): Promise<Measured> {
  const services = createServiceConnections(env);
  try {
    const client = await services.temporal();
    const begun = Date.now();
    const printed = await runCommand(build, ['submit', recording, '--json'], env);
    const { workflowId } = z.object({ workflowId: z.string() }).parse(JSON.parse(printed));
    await client.workflow.getHandle(workflowId).result();
    const wallSeconds = (Date.now() - begun) / 1000;
    const calls = await callTimes(client, workflowId, begun);
    const countOf = (name: string): number => calls.get(name)?.count ?? 0;
    const chunks = countOf('transcribeChunk');
    return {
      wallSeconds,
      chunks,
      sections: countOf('summarizeSection'),
      pathSeconds: criticalPath(chunks),
      calls,
    };
  } finally {
    await services.close();
  }
}

/** The calls that have to be made one after the other, however much else runs beside them: in seconds. */
function criticalPath(chunks: number): number {
  const { transcribe, summarize, illustrate, moderate } = LATENCY_MS;
  const [lastSection, join] = [summarize, summarize];
  const milliseconds =
    Math.ceil(chunks / CONCURRENCY) * transcribe + lastSection + join + illustrate + moderate;
  return milliseconds / 1000;
}

function allowed({ pathSeconds }: Measured): number {
  return PROMISED.times * pathSeconds + PROMISED.seconds;
}

function report(name: string, measured: Measured): void {
  const { wallSeconds, pathSeconds, chunks, sections, calls } = measured;
  const promise =
    name === 'this build'
      ? `, allowed ${allowed(measured).toFixed(1)} s: ${wallSeconds <= allowed(measured) ? 'kept' : 'MISSED'}`
      : '';
  console.log(
    `${name}: ${wallSeconds.toFixed(1)} s for ${values.minutes} minutes in ${chunks} chunks and ${sections} sections; ` +
      `critical path ${pathSeconds.toFixed(1)} s${promise}`,
  );
  const cells = [...calls].map(([activity, { count, from, to }]) => [
    `  ${activity}`,
    String(count),
    from.toFixed(1),
    to.toFixed(1),
  ]);
  for (const line of aligned([['  activity', 'calls', 'from', 'to'], ...cells])) console.log(line);
}
