import { readdir, readFile } from 'node:fs/promises';

/** Of Linux's process table: bytes a page, and ticks a second. */
const PAGE_BYTES = 4096;
const TICKS = 100;

export interface Watched {
  /** Processor time of this process and its children. */
  readonly cpuSeconds: number;
  /** The most that they had at once. */
  readonly mebibytes: number;
}

/** Processor time and the most memory of this process and its children, by Linux's process table. */
export function watchProcesses(): { readonly stop: () => Promise<Watched> } {
  const cpuOf = new Map<number, number>();
  let most = 0;
  const look = async () => {
    let bytes = process.memoryUsage.rss();
    for (const pid of await childrenOf(process.pid)) {
      const { ticks, pages } = await statOf(pid);
      cpuOf.set(pid, ticks);
      bytes += pages * PAGE_BYTES;
    }
    most = Math.max(most, bytes);
  };
  const before = process.cpuUsage();
  const timer = setInterval(() => void look().catch(() => undefined), 100);
  return {
    stop: async () => {
      clearInterval(timer);
      await look();
      const { user, system } = process.cpuUsage(before);
      const ticks = [...cpuOf.values()].reduce((sum, one) => sum + one, 0);
      return { cpuSeconds: (user + system) / 1e6 + ticks / TICKS, mebibytes: most / 2 ** 20 };
    },
  };
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

async function statOf(pid: number): Promise<{ ticks: number; pages: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { ticks: (fields[11] ?? 0) + (fields[12] ?? 0), pages: fields[21] ?? 0 };
}
