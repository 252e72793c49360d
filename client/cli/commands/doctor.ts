import type { Command } from 'commander';
import { examine, type Finding } from '../../doctor.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { aligned } from '../render-list.ts';

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look at everything that a job needs, and name what is wrong')
    .option('--json', 'print the findings as a JSON array of { check, state, detail }')
    .action(async (options: { json?: true }) => {
      const { env, services, output, endWith } = context;
      const findings = await examine(env, services);
      if (options.json) output.json(findings);
      else for (const line of findingLines(findings)) output.line(line);
      if (findings.some(({ state }) => state === 'fault')) endWith(EXIT.failed);
    });
}

export const findingLines = (findings: readonly Finding[]): string[] =>
  aligned(findings.map(({ check, state, detail }) => [state.toUpperCase(), check, detail]));
