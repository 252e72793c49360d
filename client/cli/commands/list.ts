import type { Command } from 'commander';
import { InvalidOptionError, parseTenant } from '../../config.ts';
import type { CommandContext } from '../command-context.ts';

export function addList(program: Command, { env, services, output }: CommandContext): void {
  program
    .command('list')
    .description('list the jobs, newest first')
    .option('--limit <n>', 'how many at most', '20')
    .option('--tenant <id>', 'tenant that the jobs belong to')
    .option('--json', 'print them as a JSON array')
    .action(async (options: { limit: string; tenant?: string; json?: true }) => {
      const tenant = parseTenant(env, options.tenant);
      const limit = parseLimit(options.limit);
      const { listed, listLines } = await import('../render-list.ts');
      const rows = await (await services.library()).list(tenant, { limit });
      output.result(options, rows.map(listed), listLines(rows));
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new InvalidOptionError('--limit takes a whole number from 1 to 1000');
}
