import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How much is sent, 0 to 1, and what each has in memory then, in MiB. */
export interface MemorySample {
  readonly share: number;
  readonly mebibytes: Readonly<Record<string, number>>;
}

/** By name, the processes that count together. */
export type Watched = () => Promise<Readonly<Record<string, readonly number[]>>>;

const EVERY_MS = 250;

/** Looks at processes until `isOver` says so: what they have in memory, as Linux tells it. */
export async function watchMemory(
  shareSent: () => Promise<number>,
  watched: Watched,
  isOver: () => boolean,
): Promise<readonly MemorySample[]> {
  const samples: MemorySample[] = [];
  for (;;) {
    const last = isOver();
    const share = await shareSent();
    const mebibytes: Record<string, number> = {};
    for (const [name, pids] of Object.entries(await watched())) {
      const all = await Promise.all(pids.map(memoryOf));
      mebibytes[name] = all.reduce((sum, one) => sum + one, 0);
    }
    samples.push({ share, mebibytes });
    if (last) return samples;
    await sleep(EVERY_MS);
  }
}

/** 0: it has ended. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/**
 * Whether what a process needs does not grow with what is sent: the most after the first quarter is within 1.2 times, and
 * 50 MiB, of the most up to an eighth.
 */
export function judgeGrowth(samples: readonly MemorySample[], name: string) {
  const of = (from: number, to: number): number =>
    Math.max(
      ...samples
        .filter(({ share }) => share >= from && share <= to)
        .map(({ mebibytes }) => mebibytes[name] ?? 0),
    );
  const at = (share: number): number =>
    samples.find((sample) => sample.share >= share)?.mebibytes[name] ?? 0;
  const [early, late] = [of(0, 1 / 8), of(1 / 4, 1)];
  const line = [0.1, 0.5, 1].map((share) => `${Math.round(at(share))} MiB at ${share * 100} %`);
  return {
    isFlat: late <= early * 1.2 + 50,
    line: `${name}: ${line.join(', ')}; at most ${Math.round(early)} up to 12.5 %, ${Math.round(late)} from 25 % on`,
  };
}
