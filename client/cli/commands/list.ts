import type { Command } from 'commander';
import { parseSearch, type Search } from '../../../adapters/database/search-words.ts';
import { InvalidOptionError, parseTenant } from '../../config.ts';
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
      const search = options.search === undefined ? null : parseWords(options.search);
      const { foundLines, listed, listLines } = await import('../render-list.ts');
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

function parseWords(text: string): Search {
  if (text.length > LONGEST_SEARCH)
    throw new InvalidOptionError(`--search takes up to ${LONGEST_SEARCH} characters`);
  const search = parseSearch(text);
  if (search !== null) return search;
  throw new InvalidOptionError('--search takes words: it has no letter and no digit');
}

const LONGEST_SEARCH = 200;

const cutMeetings = (count: number): string =>
  `${count} meetings have more different words than the search holds: it may miss words near their ends`;
