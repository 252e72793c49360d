import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('check everything that a job needs, and name what is wrong')
    .option('--json', 'print the findings as a JSON array of { check, state, detail }')
    .action(async (options: { json?: true }) => {
      const { env, services, output, endWith } = context;
      const [{ examine }, { aligned }] = await Promise.all([
        import('../../doctor.ts'),
        import('../render-list.ts'),
      ]);
      const findings = await examine(env, services);
      if (options.json) output.json(findings);
      else {
        const rows = findings.map(({ check, state, detail }) => [
          state.toUpperCase(),
          check,
          detail,
        ]);
        for (const line of aligned(rows)) output.line(line);
      }
      if (findings.some(({ state }) => state === 'fault')) endWith(EXIT.failed);
    });
}
