import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { askProvider, createGatePass } from '../../../adapters/inference/call/ask-provider.ts';
import { callKeyOf } from '../../../adapters/inference/call/call-key-of.ts';
import type { InferenceLayer } from '../../../adapters/inference/call/create-inference-layer.ts';
import { prepareCall } from '../../../adapters/inference/call/prepare-call.ts';
import type { Answers, Inputs } from '../../../adapters/inference/protocols/contract.ts';
import { contractOf } from '../../../adapters/inference/protocols/contract-table.ts';
import { liveText } from '../../../adapters/inference/protocols/reading/live-text.ts';
import type { Target } from '../../../adapters/inference/targets/target.ts';
import { CONSEQUENCES } from '../../../adapters/inference/verdicts/consequences.ts';
import { errorFor, InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { executePaidCall } from '../../../adapters/paid-call/execute-paid-call.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { ServiceConnections } from '../../service-connections.ts';

/** What a request asks, whichever target answers it. */
export interface Question<R extends Role> {
  /** How targets are asked: a target of summaries is asked for a chat as `generate`. */
  readonly role: R;
  /** What is asked, but for the parameters that are sent: those are in the key of the call. */
  readonly workKey: string;
  readonly input: Inputs[R];
  /** Checks an answer and converts it into the form in which it is kept. */
  readonly accept: (answer: Answers[R], target: Target) => Promise<unknown>;
  /** Gets the text of a chat as it comes. */
  readonly onText?: (target: Target, text: string) => void;
}

export interface Asker {
  readonly tenant: string;
  readonly keyId: string;
}

/** The key of the call, which is the same whether its answer is streamed or not. */
export const keyOfCall = <R extends Role>(target: Target, question: Question<R>): string =>
  callKeyOf(
    question.workKey,
    prepareCall({ ...target, stream: false }, question.role, question.input),
  );

/**
 * Asks one target, by the sequence of the paid call. Only here, where no workflow retries, a call is tried again: twice
 * where another try may help, after a pause if the target asks for a short one, and never once a part of its text was
 * told. The call goes on when whoever asked has gone. Throws `InferenceError`, `CallInFlightError`, and the errors of the
 * ledger, without which nothing is sent.
 */
export async function callTarget<R extends Role>(
  services: ServiceConnections,
  layer: InferenceLayer,
  {
    asker,
    configured,
    question,
  }: {
    readonly asker: Asker;
    readonly configured: Target;
    readonly question: Question<R>;
  },
): Promise<StoredResult> {
  const [ledger, store] = await Promise.all([services.ledger(), services.store()]);
  const deps = { ledger, store, now: () => new Date() };
  const deadline = new AbortController();
  const { signal } = deadline;
  // Cleared, unlike that of AbortSignal.timeout: most calls end long before.
  using _timer = setTimeout(() => deadline.abort(), DEADLINE_MS).unref();
  const end = performance.now() + DEADLINE_MS;
  const { onText } = question;
  let hasBegun = false;

  const attempt = async (): Promise<StoredResult> => {
    const known = layer.tokenLimits.applied(configured);
    const isLive = onText !== undefined && contractOf(known).traits.streams;
    const target = { ...known, stream: known.stream || isLive };
    const prepared = prepareCall(target, question.role, question.input);
    const onBytes = isLive
      ? liveText((text) => {
          hasBegun = true;
          onText(configured, text);
        })
      : undefined;
    await using gate = createGatePass(layer);
    using slot = new DisposableStack();
    const { result } = await executePaidCall(deps, {
      tenant: asker.tenant,
      jobId: `request/${asker.keyId}`,
      runId: null,
      account: 'request',
      role: target.role,
      workKey: question.workKey,
      // The cache keeps the answers of requests, and was asked before.
      lookBy: 'none',
      home: '',
      leaseMs: LEASE_MS,
      signal,
      prepare: async () => {
        await gate.enter(target, { wait: { signal, mostMs: LONGEST_TURN_MS } });
        slot.use(await layer.callSlots.enter(target, signal));
        const leftMs = () => end - performance.now();
        const perform = askProvider(layer, prepared, gate, {
          leftMs,
          ...(onBytes && { onBytes }),
        });
        return {
          target,
          callKey: target.stream
            ? keyOfCall(known, question)
            : callKeyOf(question.workKey, prepared),
          mayBeQueued: prepared.follow !== null,
          perform: async (...given) => {
            try {
              return await perform(...given);
            } finally {
              slot.dispose();
            }
          },
        };
      },
      accept: async (answer) => await question.accept(answer, configured),
    });
    return result;
  };

  const late = (): InferenceError =>
    errorFor(configured, null, {
      kind: 'transient',
      says: `did not answer within ${DEADLINE_MS / 1_000} s`,
      charge: 'unknown',
    });
  const trying = pRetry(attempt, {
    retries: 2,
    minTimeout: 200,
    randomize: true,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      const waitMs = error instanceof InferenceError ? (error.waitMs ?? 0) : 0;
      if (retriesLeft > 0 && waitMs <= LONGEST_PAUSE_MS) await sleep(waitMs);
    },
    shouldRetry: ({ error, attemptNumber }) => {
      if (!(error instanceof InferenceError) || hasBegun) return false;
      if (layer.tokenLimits.learn(configured, error)) return true;
      return isWorthAnotherTry(error, attemptNumber);
    },
  });
  return await trying.catch((error: unknown) => {
    throw error === signal.reason ? late() : error;
  });
}

function isWorthAnotherTry(error: InferenceError, tries: number): boolean {
  const { retry } = CONSEQUENCES[error.kind];
  if (error.waitMs !== null && error.waitMs > LONGEST_PAUSE_MS) return false;
  switch (retry.until) {
    case 'tries':
      return tries < retry.tries;
    case 'patience':
      return error.waitMs !== null;
    case 'tokens':
      return error.credentialsLeft;
    case 'now':
      return false;
  }
}

/** Of all tries at one target. */
const DEADLINE_MS = 120_000;
/** How long a claim outlives its last renewal, as that of a job. */
const LEASE_MS = 30_000;
/** Somebody waits: what asks for a longer pause is not waited for, and the next target is asked. */
const LONGEST_PAUSE_MS = 2_000;
const LONGEST_TURN_MS = 10_000;
