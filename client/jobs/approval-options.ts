import type { ApprovalRequest } from '../../workflows/contracts/job-input.ts';
import { shortTextSchema } from '../../workflows/contracts/short-text.ts';
import { InvalidOptionError } from '../config.ts';

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
    withinSeconds: parseDuration(deadline ?? '7d'),
  };
}

function parseName(text: string): string {
  const name = shortTextSchema.safeParse(text.normalize('NFC').trim());
  if (name.success) return name.data;
  throw new InvalidOptionError('--approver takes a name of 1 to 100 characters, on one line');
}

function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text.trim()) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 0);
  if (seconds > 0 && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidOptionError(
    '--deadline takes a time in minutes, hours or days, of 90 days at most: 30m, 12h, 7d',
  );
}

/** As `--deadline` takes it: `90m`, `12h`, `7d`. */
export function durationText(seconds: number): string {
  const [unit = 'm', inSeconds = 60] =
    Object.entries(SECONDS).findLast(([, length]) => seconds % length === 0) ?? [];
  return `${seconds / inSeconds}${unit}`;
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 90 * 86_400;
