import { z } from 'zod';
import type { ListPosition } from '../../../adapters/database/page-jobs.ts';
import { JOB_ID_PATTERN } from '../../../workflows/contracts/names.ts';
import { InvalidOptionError } from '../../config.ts';

/** A place in a list, as the next request gives it back; it says nothing to anybody. */
export const writeCursor = ({ createdAt, id }: ListPosition): string =>
  Buffer.from(`${createdAt} ${id}`).toString('base64url');

/** Throws `InvalidOptionError`. */
export function readCursor(cursor: string, idPattern: RegExp = JOB_ID_PATTERN): ListPosition {
  const [createdAt, id] = Buffer.from(cursor, 'base64url').toString('latin1').split(' ');
  const position = positionSchema.safeParse({ createdAt, id });
  if (position.success && idPattern.test(position.data.id)) return position.data;
  throw new InvalidOptionError(
    'cursor is none that this list gave: take it from next of the page before, or leave it out',
  );
}

const positionSchema = z.object({
  // There is no year 0 in Postgres.
  createdAt: z.iso.datetime({ precision: 6 }).refine((time) => !time.startsWith('0000')),
  id: z.string(),
});
