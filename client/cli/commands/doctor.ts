import type { Command } from 'commander';
import type { OperatorContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export function addDoctor(
  program: Command,
  { env, services, output, endWith }: OperatorContext,
): void {
  program
    .command('doctor')
    .description('check everything that a job needs, and name what is wrong')
    .option('--json', 'print the findings as a JSON array of { check, state, detail }')
    .action(async (options: { json?: true }) => {
      const { examine } = await import('../../doctor.ts');
      const { aligned } = await import('../render-list.ts');
      const findings = await examine(env, services);
      const rows = findings.map(({ check, state, detail }) => [state.toUpperCase(), check, detail]);
      output.result(options, findings, aligned(rows));
      if (findings.some(({ state }) => state === 'fault')) endWith(EXIT.failed);
    });
}
