import { expect } from 'vitest';
import type { ProviderScript } from '../../local/inference-server/scripts/provider-scripts.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import { minutesOf } from './minutes-of.ts';
import type { InferenceStats, Surroundings } from './surroundings.ts';

/** A job of its own, whatever is held of the recording already: its status at the end, and its minutes if it has any. */
export async function runJob(
  place: Surroundings,
  recording: string,
): Promise<{ readonly id: string; readonly status: string; readonly minutes: Minutes | null }> {
  const { id } = JSON.parse(await place.succeed('submit', recording, '--force', '--json')) as {
    id: string;
  };
  const { code } = await place.hansard('watch', id);
  if (code !== 0) {
    const { rows } = await place.database.query<{ status: string }>(
      'select status from job where id = $1',
      [id],
    );
    return { id, status: rows[0]?.status ?? 'unknown', minutes: null };
  }
  return { id, status: 'completed', minutes: await minutesOf(place, id) };
}

/** How one job ended under the script, and what it was billed; to be held against `endOf` the script. */
export async function playScript(
  place: Surroundings,
  { name, billed }: ProviderScript,
  recording: string,
): Promise<unknown> {
  const before = await place.stats();
  await setScript(place, name);
  const { id, status, minutes } = await runJob(place, recording);
  const calls = billedSince(before, await place.stats(), Object.keys(billed));
  return {
    result: status === 'completed' ? minutes?.status : status,
    degradations: minutes?.degradations ?? [],
    gaps: minutes?.coverage.gaps.map(({ reason }) => reason) ?? [],
    picture: minutes?.image?.verdict ?? null,
    billed: calls,
    booksHold: await booksHold(place, id, calls),
  };
}

/** What the script says of it. */
export const endOf = ({ billed, ends }: ProviderScript): unknown => ({
  result: ends.result,
  degradations:
    ends.degradation === null
      ? []
      : [
          expect.objectContaining({
            role: ends.degradation.role,
            level: ends.degradation.level,
            target: null,
            // Behind the name of the target.
            reason: expect.stringMatching(new RegExp(`^[^ ]+: ${ends.degradation.reason}\\b`)),
          }),
        ],
  gaps: ends.gap === null ? [] : [ends.gap],
  picture: ends.picture,
  billed,
  booksHold: true,
});

/** Law of the ledger: stored + rejected <= billed <= stored + rejected + in doubt. */
async function booksHold(
  place: Surroundings,
  jobId: string,
  calls: Readonly<Record<string, number>>,
): Promise<boolean> {
  const { rows } = await place.database.query<{ known: number; doubtful: number }>(
    `select count(*) filter (where state in ('accepted', 'rejected'))::int as known,
            count(*) filter (where state = 'in_doubt')::int as doubtful
       from ledger_entry where job_id = $1`,
    [jobId],
  );
  const { known, doubtful } = rows[0] ?? { known: 0, doubtful: 0 };
  const billed = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return known <= billed && billed <= known + doubtful;
}

async function setScript(place: Surroundings, name: string): Promise<void> {
  const response = await fetch(`${place.inferenceUrl}/local/script`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(await response.text());
}

export function billedSince(
  before: InferenceStats,
  after: InferenceStats,
  roles: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    roles.map((role) => [role, (after.billed[role] ?? 0) - (before.billed[role] ?? 0)]),
  );
}
