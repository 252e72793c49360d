import type { ApprovalRequest } from '../../workflows/contracts/job-input.ts';
import { shortTextSchema } from '../../workflows/contracts/short-text.ts';
import { InvalidOptionError } from '../config.ts';
import { parseDuration } from '../duration.ts';

/** As the user typed it; undefined: not given. */
export interface TypedApproval {
  readonly approve?: true | undefined;
  readonly approver?: string | undefined;
  readonly deadline?: string | undefined;
}

/** What `--approve` asks for; null: nothing. Throws `InvalidOptionError`, which names the option. */
export function parseApproval({
  approve,
  approver,
  deadline,
}: TypedApproval): ApprovalRequest | null {
  if (approve !== true) {
    const [needless] = Object.entries({ '--approver': approver, '--deadline': deadline }).find(
      ([, value]) => value !== undefined,
    ) ?? [null];
    if (needless !== null) throw new InvalidOptionError(`${needless} needs --approve`);
    return null;
  }
  return {
    asked: approver === undefined ? null : parseName(approver),
    withinSeconds: parseDeadline(deadline ?? '7d'),
  };
}

function parseName(text: string): string {
  const name = shortTextSchema.safeParse(text.normalize('NFC').trim());
  if (name.success) return name.data;
  throw new InvalidOptionError('--approver takes a name of 1 to 100 characters, on one line');
}

function parseDeadline(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== null && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidOptionError(
    '--deadline takes a time in minutes, hours or days, of 90 days at most: 30m, 12h, 7d',
  );
}

const LONGEST_SECONDS = 90 * 86_400;
