import type { JobRow } from '../../adapters/database/job-library.ts';
import { InvalidOptionError } from '../config.ts';
import { NoResultError } from '../jobs/fetch-result.ts';
import { ask, canAsk } from './ask.ts';
import type { CommandContext } from './command-context.ts';
import { madeBy } from './made-by.ts';
import { minute } from './minute.ts';
import { printable } from './render-list.ts';

interface Typed {
  readonly version?: string;
  readonly json?: true;
}

/**
 * The number of the version that a person read, as they type it. Who did not say is asked about the one that is shown;
 * null: it is not that one. Throws `InvalidOptionError` where nobody can be asked, which says what to type, and
 * `NoResultError`.
 *
 * @param question such as `Approve`
 * @param commandWith the whole command, with this version
 */
export async function versionRead(
  row: JobRow,
  typed: Typed,
  {
    context,
    question,
    commandWith,
  }: {
    readonly context: Pick<CommandContext, 'output' | 'services' | 'signal'>;
    readonly question: string;
    readonly commandWith: (version: number) => string;
  },
): Promise<string | null> {
  if (typed.version !== undefined) return typed.version;
  const versions = await (await context.services.library()).versions(row.tenant, row.id);
  const shown = versions.find(({ minutesKey }) => minutesKey === row.minutesKey);
  if (shown === undefined) throw new NoResultError(row);
  const { version, createdAt } = shown;
  const what = `version ${version}, made ${minute(createdAt.toISOString())} by ${printable(madeBy(shown))}`;
  if (!canAsk(typed, context)) {
    throw new InvalidOptionError(
      `--version: say which version you read; job ${row.id} shows ${what}: ${commandWith(version)}`,
    );
  }
  const { signal } = context;
  const isRead = await ask(`${question} ${what}?`, {
    signal,
    ifInterrupted: 'nothing was decided',
  });
  return isRead ? String(version) : null;
}

/** A word of a command, as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w./:@%+-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", `'\\''`)}'`;
