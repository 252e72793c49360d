import { sql } from 'kysely';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { Database } from './create-database.ts';

/** The calls of a target, of all tenants together: counts and times, and nothing of what was asked. */
export interface CallTraffic {
  readonly target: string;
  /** Calls that a worker or a gateway makes now. */
  readonly underWay: number;
  /** In the last hour. */
  readonly answered: number;
  /** In the last hour: failed, answered uselessly, or in doubt. */
  readonly failed: number;
  /** Null: never. */
  readonly answeredAt: Date | null;
  /** Null: never. */
  readonly failedAt: Date | null;
  /** Why it failed last; null: never, or whoever called died before the answer. */
  readonly failure: VerdictKind | null;
}

/** Of each of these targets. Reads indexes only: the ledger itself grows for ever. */
export async function callTraffic(
  db: Database,
  targets: readonly string[],
): Promise<readonly CallTraffic[]> {
  const { rows } = await sql<CallTraffic>`
    with living as (
      select target, count(*)::int as calls from ledger_entry
      where state in ('reserved', 'sending', 'submitted') and lease_until > now()
      group by target
    )
    select name as target,
      coalesce(living.calls, 0) as under_way,
      (select count(*)::int from ledger_entry
        where target = name and state = 'accepted'
          and settled_at > now() - interval '1 hour') as answered,
      (select max(settled_at) from ledger_entry
        where target = name and state = 'accepted') as answered_at,
      (select count(*)::int from ledger_entry
        where target = name and state in ('rejected', 'failed', 'in_doubt')
          and settled_at > now() - interval '1 hour') as failed,
      latest.settled_at as failed_at,
      latest.verdict as failure
    from unnest(${targets}::text[]) with ordinality as asked (name, place)
    left join living on living.target = name
    left join lateral (
      select settled_at, verdict from ledger_entry
      where target = name and state in ('rejected', 'failed', 'in_doubt')
      order by settled_at desc limit 1
    ) as latest on true
    order by place`.execute(db);
  return rows;
}
