import type { Command } from 'commander';
import { InvalidOptionError, parseTenant } from '../../config.ts';
import { searchedWords } from '../../jobs/searched-words.ts';
import type { CommandContext } from '../command-context.ts';

export function addList(program: Command, { env, services, output }: CommandContext): void {
  program
    .command('list')
    .description('list the jobs, newest first')
    .option('--search <words>', 'only those with all these words in title, minutes or transcript')
    .option('--limit <n>', 'how many at most', '20')
    .option('--tenant <id>', 'tenant that the jobs belong to')
    .option('--json', 'print them as a JSON array')
    .action(async (options: { search?: string; limit: string; tenant?: string; json?: true }) => {
      const tenant = parseTenant(env, options.tenant);
      const limit = parseLimit(options.limit);
      const search = options.search === undefined ? null : searchedWords(options.search);
      const { foundLines, listLines } = await import('../render-list.ts');
      const { listed } = await import('../../jobs/listed-job.ts');
      const library = await services.library();
      if (search === null) {
        const rows = await library.list(tenant, { limit });
        output.result(
          options,
          rows.map((row) => listed(row)),
          listLines(rows),
        );
        return;
      }
      const { jobs, cut } = await library.search(tenant, search, { limit });
      if (cut > 0) output.remark(cutMeetings(cut));
      const found = jobs.map(({ job, found: { line } }) => ({ ...listed(job), found: line }));
      output.result(options, found, foundLines(jobs));
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new InvalidOptionError('--limit takes a whole number from 1 to 1000');
}

const cutMeetings = (count: number): string =>
  `${count} meetings have more different words than the search holds: it may miss words near their ends`;
