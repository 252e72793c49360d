import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { compileCache } from '../../adapters/settings/keep-compiled.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { ANY_FREE_PORTS } from './any-free-ports.ts';
import { bundledWorkflows } from './bundled-workflows.ts';
import { migrateStack } from './migrate-stack.ts';
import { provisionAll } from '../../local/provision/provision-all.ts';
import { removeAbandonedStacks } from './remove-abandoned-stacks.ts';
import { STACK_PARTS } from '../../local/stack-facts.ts';
import type { StackFacts } from '../../local/stack-facts.ts';
import { startStack } from '../../local/stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackFacts;
    /** What an inference server of a test's own needs to find its models. */
    inferenceEnvironment: Record<string, string>;
  }
}

/** Provisions what is missing and starts one throw-away stack for the whole run, on free ports. */
export default async function setup(project: TestProject) {
  const config = parseLocalConfig(process.env);
  // Of processes too that do not keep their compiled modules by themselves: those of the tests, and inference servers.
  const compiled = compileCache(config.home);
  if (compiled !== undefined) process.env['NODE_COMPILE_CACHE'] ??= compiled;
  const parts = wantedParts();
  const log = (line: string) => process.stderr.write(`stack: ${line}\n`);
  const tools = await provisionAll(config, parts, log);
  await removeAbandonedStacks(tmpdir(), PREFIX);
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  const stack = await startStack({
    directory,
    parts,
    tools,
    log,
    home: config.home,
    ports: ANY_FREE_PORTS,
    durable: false,
    faults: true,
  });
  await Promise.all([migrateStack(stack), stack.temporal && bundledWorkflows()]);
  const { supervisor: _, stop: __, remove, ...facts } = stack;
  // Most jobs of tests need not wait for the voices: `createSurroundings` has them told apart where it is asked to.
  const { DIARIZE_URL: ___, ...env } = facts.env;
  project.provide('stack', { ...facts, env });
  project.provide('inferenceEnvironment', {
    ...(tools.speech && {
      HANSARD_WHISPER_MODEL: tools.speech.whisperModel,
      HANSARD_PYTHON: tools.speech.python,
      ...(tools.speech.speakerModels !== null && {
        HANSARD_SPEAKER_MODELS: tools.speech.speakerModels,
      }),
    }),
    HF_HUB_OFFLINE: '1',
  });
  return remove;
}

const PREFIX = 'hansard-test-';

/** HANSARD_TEST_PARTS=s3,postgres starts less while a single file is being worked on; empty starts nothing. */
function wantedParts() {
  const variable = process.env['HANSARD_TEST_PARTS'];
  if (variable === undefined) return STACK_PARTS;
  return z.array(z.enum(STACK_PARTS)).parse(variable.split(',').filter((part) => part !== ''));
}
