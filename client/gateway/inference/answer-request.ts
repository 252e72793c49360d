import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
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
    value: toBytes(await callTarget(services, layer, { asker, configured, question: heard }), null),
  });
  const freshness = mayBeKept ? {} : { freshMs: 0, negativeMs: 0 };

  const load = async () => {
    let refused: unknown;
    try {
      return await ask(first);
    } catch (error) {
      refused = error;
    }
    for (const [index, target] of others.entries()) {
      if (!(refused instanceof InferenceError) || refused.kind === 'input' || hasBegun) break;
      // Only when no other target follows is an earlier answer the best there is.
      const staleness = index === others.length - 1 ? {} : { staleMs: 0 };
      try {
        const times = { ...freshness, ...staleness };
        const kept = await cache.getOrLoad(asker.tenant, keyOf(target), () => ask(target), times);
        const { result, degraded } = toAnswered(kept);
        return { value: toBytes(result, degraded ?? 'fallback'), negative: true };
      } catch (error) {
        refused = error;
      }
    }
    throw refused;
  };

  const kept = await whileElsewhere(() =>
    cache.getOrLoad(asker.tenant, keyOf(first), load, freshness),
  );
  const answered = toAnswered(kept);
  if (answered.cache !== 'miss') layer.metrics.countHeldAnswer(first.role);
  return answered;
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

type Degraded = Answered['degraded'];

/** What the cache keeps. */
const keptSchema = z.object({
  result: storedResultSchema,
  degraded: z.enum(['fallback', 'earlier']).nullable(),
});

type Kept = z.infer<typeof keptSchema>;

function toBytes(result: StoredResult, degraded: Degraded): Uint8Array {
  const bytes = Buffer.from(JSON.stringify({ result, degraded }));
  MADE.set(bytes, { result, degraded });
  return bytes;
}

/** What was just made need not be read again. */
const MADE = new WeakMap<Uint8Array, Kept>();

const read = (value: Uint8Array): Kept =>
  MADE.get(value) ?? keptSchema.parse(JSON.parse(Buffer.from(value).toString()));

function toAnswered({ value, from }: CacheResult): Answered {
  if (value === null) throw new Error('an answer without a value is kept by nobody');
  const { result, degraded } = read(value);
  if (from === 'stale' || degraded === 'earlier') {
    return { result, cache: 'stale', degraded: 'earlier' };
  }
  return { result, cache: from === 'load' ? 'miss' : 'hit', degraded };
}
