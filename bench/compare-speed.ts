import { median, quantile } from './quantile.ts';

/** What one round of one client took, in milliseconds. */
interface Round {
  readonly wallMs: number;
  readonly latenciesMs: readonly number[];
}

export type Speed = ReturnType<typeof speed>;

/** Ratios are medians over the rounds: our time divided by bare undici's time in the same round. */
export type Comparison = Awaited<ReturnType<typeof compareSpeed>>;

/**
 * Runs the two clients alternately, in random order within each round, so that other load on the machine affects both,
 * and takes the median of the ratios of all rounds. The first rounds are warm-up and do not count.
 */
export async function compareSpeed({ bare, ours, rounds, requests, concurrency }: ComparedClients) {
  const pairs: { readonly bare: Round; readonly ours: Round }[] = [];
  for (let index = -WARM_UP_ROUNDS; index < rounds; index += 1) {
    const bareFirst = Math.random() < 0.5;
    const first = await round(bareFirst ? bare : ours, requests, concurrency);
    const second = await round(bareFirst ? ours : bare, requests, concurrency);
    const pair = bareFirst ? { bare: first, ours: second } : { bare: second, ours: first };
    if (index >= 0) pairs.push(pair);
  }
  const ratio = (of: (round: Round) => number): number =>
    median(pairs.map(({ ours, bare }) => of(ours) / of(bare)));
  return {
    bare: speed(pairs.map((pair) => pair.bare)),
    ours: speed(pairs.map((pair) => pair.ours)),
    wallRatio: ratio(({ wallMs }) => wallMs),
    medianRatio: ratio(({ latenciesMs }) => median(latenciesMs)),
    p95Ratio: ratio(({ latenciesMs }) => quantile(latenciesMs, 0.95)),
  };
}

export interface ComparedClients {
  readonly bare: Send;
  readonly ours: Send;
  readonly rounds: number;
  /** Per client and round. */
  readonly requests: number;
  readonly concurrency: number;
}

type Send = () => Promise<unknown>;

/** Enough for the compiler to have optimised both. */
const WARM_UP_ROUNDS = 30;

async function round(send: Send, requests: number, concurrency: number): Promise<Round> {
  const latenciesMs: number[] = [];
  let left = requests;
  const startedAt = performance.now();
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      await send();
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return { wallMs: performance.now() - startedAt, latenciesMs };
}

function speed(rounds: readonly Round[]) {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
  const wallMs = rounds.reduce((sum, one) => sum + one.wallMs, 0);
  return {
    requestsPerSecond: (latencies.length / wallMs) * 1000,
    medianMs: median(latencies),
    p95Ms: quantile(latencies, 0.95),
  };
}
