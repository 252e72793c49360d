import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { ANY_FREE_PORTS, parseLocalConfig } from '../../local/config.ts';
import { provisionAll } from '../../local/provision/provision-all.ts';
import { STACK_PARTS } from '../../local/stack-facts.ts';
import type { StackFacts } from '../../local/stack-facts.ts';
import { startStack } from '../../local/stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackFacts;
  }
}

/** Provisions what is missing and starts one throw-away stack for the whole run, on free ports. */
export default async function setup(project: TestProject) {
  const config = parseLocalConfig(process.env);
  const parts = wantedParts();
  const log = (line: string) => process.stderr.write(`stack: ${line}\n`);
  const tools = await provisionAll(config, parts, log);
  const directory = await mkdtemp(join(tmpdir(), 'hansard-test-'));
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
  const { supervisor: _, stop, ...facts } = stack;
  project.provide('stack', facts);
  return async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  };
}

/** HANSARD_TEST_PARTS=s3,postgres starts less while a single file is being worked on; empty starts nothing. */
function wantedParts() {
  const variable = process.env['HANSARD_TEST_PARTS'];
  if (variable === undefined) {
    return STACK_PARTS.filter(
      (part) => part !== 'inference' || existsSync('activities/minutes/extractive-summary.ts'),
    );
  }
  return z.array(z.enum(STACK_PARTS)).parse(variable.split(',').filter((part) => part !== ''));
}
