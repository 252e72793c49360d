import type { JobName } from '../back-end.ts';
import { InvalidOptionError } from '../config.ts';
import { ask, canAsk } from './ask.ts';
import type { CommandContext } from './command-context.ts';
import { madeBy } from './made-by.ts';
import { minute } from './minute.ts';
import { printable } from './render-list.ts';

interface Typed {
  readonly json?: true;
}

/**
 * The number of the version that a person read, who did not say it: they are asked about the one that is shown; null:
 * it is not that one. Throws `InvalidOptionError` where nobody can be asked, which says what to type, and
 * `NoResultError`.
 *
 * @param question such as `Approve`
 * @param commandWith the whole command, with this version
 */
export async function versionRead(
  job: JobName,
  typed: Typed,
  {
    context,
    question,
    commandWith,
  }: {
    readonly context: Pick<CommandContext, 'output' | 'backEnd' | 'signal'>;
    readonly question: string;
    readonly commandWith: (id: string, version: number) => string;
  },
): Promise<{ readonly id: string; readonly version: number | null }> {
  const backEnd = await context.backEnd();
  const { id, versions } = await backEnd.versions(job);
  const shown = versions.find(({ isShown }) => isShown);
  if (shown === undefined) {
    await backEnd.requireResult(job);
    throw new InvalidOptionError(`--version: none of the versions of job ${id} is shown`);
  }
  const { version, createdAt } = shown;
  const what = `version ${version}, made ${minute(createdAt)} by ${printable(madeBy(shown))}`;
  if (!canAsk(typed, context)) {
    throw new InvalidOptionError(
      `--version: say which version you read; job ${id} shows ${what}: ${commandWith(id, version)}`,
    );
  }
  const { signal } = context;
  const isRead = await ask(`${question} ${what}?`, {
    signal,
    ifInterrupted: 'nothing was decided',
  });
  return { id, version: isRead ? version : null };
}

/** A word of a command, as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w./:@%+-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", `'\\''`)}'`;
