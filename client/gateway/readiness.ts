import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { requireMigrations } from '../../adapters/database/migrate.ts';
import type { GatewayContext } from './gateway-app.ts';
import { keptFor } from './kept-for.ts';

export interface Readiness {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<'database' | 'store' | 'temporal', 'ok' | 'fault'>>;
}

/**
 * Whether the services answer. Everybody may ask, so they are asked at most once a second, and what is wrong is only
 * logged.
 */
export function createReadiness({ services }: GatewayContext, log: Logger) {
  return keptFor(KEPT_MS, async (): Promise<Readiness> => {
    const [database, store, temporal] = await Promise.all([
      check(log, 'database', async () => await requireMigrations(await services.database())),
      check(log, 'store', async () => await (await services.store()).check()),
      check(log, 'temporal', async () => {
        const { workflowService } = await services.temporal();
        await workflowService.getSystemInfo({});
      }),
    ]);
    const checks = { database, store, temporal };
    return { isReady: Object.values(checks).every((state) => state === 'ok'), checks };
  });
}

async function check(
  log: Logger,
  service: string,
  ask: () => Promise<unknown>,
): Promise<'ok' | 'fault'> {
  const patience = new AbortController();
  try {
    await Promise.race([ask(), overdue(patience.signal)]);
    return 'ok';
  } catch (error) {
    log.warn({ service, error }, 'a service is not ready');
    return 'fault';
  } finally {
    patience.abort();
  }
}

async function overdue(signal: AbortSignal): Promise<void> {
  await sleep(PATIENCE_MS, undefined, { signal, ref: false }).catch(() => undefined);
  if (!signal.aborted) throw new Error(`it gave no answer within ${PATIENCE_MS / 1_000} s`);
}

const KEPT_MS = 1_000;
const PATIENCE_MS = 5_000;
