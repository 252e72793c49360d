import type { WarmStatus } from '../schedules/warm-schedules.ts';
import { aligned } from './render-list.ts';

/** A table with a row per target. */
export function warmLines(statuses: readonly WarmStatus[]): string[] {
  if (statuses.length === 0) {
    return ['no target is kept warm: npm run -s hansard -- warm apply writes the schedules'];
  }
  return aligned([
    ['TARGET', 'STATE', 'NEXT RUN', 'LAST OUTCOMES'],
    ...statuses.map(({ target, paused, next, last }) => [
      target,
      paused ? 'paused' : 'active',
      paused ? '-' : (next[0]?.toISOString() ?? '-'),
      last.map(({ at, outcome }) => `${outcome} ${at.toISOString()}`).join(', ') || '-',
    ]),
  ]);
}
