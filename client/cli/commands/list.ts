import type { Command } from 'commander';
import { InvalidOptionError } from '../../config.ts';
import { searchedWords } from '../../jobs/searched-words.ts';
import type { CommandContext } from '../command-context.ts';

export function addList(program: Command, { backEnd, output }: CommandContext): void {
  program
    .command('list')
    .description('list the jobs, newest first')
    .option('--search <words>', 'only those with all these words in title, minutes or transcript')
    .option('--limit <n>', 'how many at most', '20')
    .option('--tenant <id>', 'tenant that the jobs belong to')
    .option('--json', 'print them as a JSON array')
    .action(async (options: { search?: string; limit: string; tenant?: string; json?: true }) => {
      const limit = parseLimit(options.limit);
      const { search: words, tenant } = options;
      // Before any service is looked for.
      if (words !== undefined) searchedWords(words);
      const { foundLines, listLines } = await import('../render-list.ts');
      const reader = await backEnd();
      if (words === undefined) {
        const jobs = await reader.list({ tenant, limit });
        output.result(options, jobs, listLines(jobs));
        return;
      }
      const { jobs, cut } = await reader.search({ tenant, limit, words });
      if (cut > 0) output.remark(cutMeetings(cut));
      output.result(options, jobs, foundLines(jobs));
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new InvalidOptionError('--limit takes a whole number from 1 to 1000');
}

const cutMeetings = (count: number): string =>
  `${count} meetings have more different words than the search holds: it may miss words near their ends`;
