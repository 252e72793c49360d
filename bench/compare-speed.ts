/** What one round of one client took, in milliseconds. */
interface Round {
  readonly wallMs: number;
  readonly latenciesMs: readonly number[];
}

export interface Speed {
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface Comparison {
  readonly bare: Speed;
  readonly ours: Speed;
  /** Medians over the rounds: our time divided by bare undici's time in the same round. */
  readonly wallRatio: number;
  readonly medianRatio: number;
  readonly p95Ratio: number;
}

/**
 * Runs the two clients alternately, in random order within each round, so that other load on the machine affects both,
 * and takes the median of the ratios of all rounds. The first rounds are warm-up and do not count.
 */
export async function compareSpeed({
  bare,
  ours,
  rounds,
  requests,
  concurrency,
}: {
  readonly bare: () => Promise<unknown>;
  readonly ours: () => Promise<unknown>;
  readonly rounds: number;
  /** Per client and round. */
  readonly requests: number;
  readonly concurrency: number;
}): Promise<Comparison> {
  const pairs: { readonly bare: Round; readonly ours: Round }[] = [];
  for (let index = -WARM_UP_ROUNDS; index < rounds; index += 1) {
    const bareFirst = Math.random() < 0.5;
    const first = await round(bareFirst ? bare : ours, requests, concurrency);
    const second = await round(bareFirst ? ours : bare, requests, concurrency);
    const pair = bareFirst ? { bare: first, ours: second } : { bare: second, ours: first };
    if (index >= 0) pairs.push(pair);
  }
  const ratio = (of: (round: Round) => number): number =>
    quantile(
      pairs.map((pair) => of(pair.ours) / of(pair.bare)),
      0.5,
    );
  return {
    bare: speed(pairs.map((pair) => pair.bare)),
    ours: speed(pairs.map((pair) => pair.ours)),
    wallRatio: ratio(({ wallMs }) => wallMs),
    medianRatio: ratio(({ latenciesMs }) => quantile(latenciesMs, 0.5)),
    p95Ratio: ratio(({ latenciesMs }) => quantile(latenciesMs, 0.95)),
  };
}

/** Enough for the compiler to have optimised both. */
const WARM_UP_ROUNDS = 30;

async function round(
  send: () => Promise<unknown>,
  requests: number,
  concurrency: number,
): Promise<Round> {
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

function speed(rounds: readonly Round[]): Speed {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
  const wallMs = rounds.reduce((sum, one) => sum + one.wallMs, 0);
  return {
    requestsPerSecond: (latencies.length / wallMs) * 1000,
    medianMs: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
  };
}

/** The quantile by nearest rank: `part` of the values are below it. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN;
}
