import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheResult } from '../../../adapters/cache/cache.ts';
import type { Target } from '../../../adapters/inference/targets/target.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { CallInFlightError } from '../../../adapters/paid-call/execute-paid-call.ts';
import {
  storedResultSchema,
  type StoredResult,
} from '../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { ServiceConnections } from '../../service-connections.ts';
import { callTarget, keyOfCall, type Asker, type Question } from './call-target.ts';

export interface Answered {
  readonly result: StoredResult;
  readonly cache: 'hit' | 'miss' | 'stale';
  /** `fallback`: an earlier target of the chain did not answer. `earlier`: none did, and this is an old answer. */
  readonly degraded: 'fallback' | 'earlier' | null;
}

interface Request<R extends Role> {
  readonly asker: Asker;
  readonly targets: readonly [Target, ...Target[]];
  readonly question: Question<R>;
  /** False: ask the target, whatever is kept. */
  readonly mayBeKept: boolean;
}

/**
 * Answers a request from the cache, else from the first target of the chain that answers, else with an earlier answer
 * that is no longer fresh. Requests that ask the same at the same time share one call, which goes on when they leave.
 *
 * An answer is kept for an hour under the key of its call; one of a later target stands in for the first one's for half a
 * minute only. Throws `InferenceError` of the last target.
 */
export async function answerRequest<R extends Role>(
  services: ServiceConnections,
  request: Request<R>,
): Promise<Answered> {
  const { layer, cache } = await services.inference();
  const { asker, targets, question, mayBeKept } = request;
  const [first, ...others] = targets;
  const keyOf = (target: Target) => keyOfCall(layer.tokenLimits.applied(target), question);
  let hasBegun = false;
  const heard: Question<R> = {
    ...question,
    ...(question.onText && {
      onText: (target: Target, text: string) => {
        hasBegun = true;
        question.onText?.(target, text);
      },
    }),
  };
  const ask = async (configured: Target) => ({
    value: toBytes(await callTarget(services, layer, { asker, configured, question: heard })),
  });
  const freshness = mayBeKept ? {} : { freshMs: 0 };

  const load = async () => {
    let refused: unknown;
    try {
      return await ask(first);
    } catch (error) {
      refused = error;
    }
    for (const target of others) {
      if (!(refused instanceof InferenceError) || refused.kind === 'input' || hasBegun) break;
      try {
        const kept = await cache.getOrLoad(asker.tenant, keyOf(target), () => ask(target), {
          ...freshness,
          staleMs: 0,
        });
        if (kept.value === null) throw new Error('an answer without a value is kept by nobody');
        return { value: kept.value, negative: true };
      } catch (error) {
        refused = error;
      }
    }
    throw refused;
  };

  const kept = await whileElsewhere(() =>
    cache.getOrLoad(asker.tenant, keyOf(first), load, freshness),
  );
  return toAnswered(kept);
}

/** Another process makes the same call: its answer will be in the cache, or its claim ends. */
async function whileElsewhere<T>(look: () => Promise<T>): Promise<T> {
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 4_000)) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CallInFlightError)) throw error;
      await sleep(waitMs);
    }
  }
}

const toBytes = (result: StoredResult): Uint8Array => Buffer.from(JSON.stringify(result));

function toAnswered({ value, negative, from }: CacheResult): Answered {
  if (value === null) throw new Error('an answer without a value is kept by nobody');
  const result = storedResultSchema.parse(JSON.parse(Buffer.from(value).toString()));
  const isStale = from === 'stale';
  return {
    result,
    cache: isStale ? 'stale' : from === 'load' ? 'miss' : 'hit',
    degraded: isStale ? 'earlier' : negative ? 'fallback' : null,
  };
}
