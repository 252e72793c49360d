import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Of Linux's process table: ticks a second. */
const TICKS = 100;

/** A program among the processes below one, all its processes together. */
interface Program {
  readonly cpuSeconds: number;
  /** Processor time of its children that have ended. */
  readonly endedChildrenSeconds: number;
  /** The most that its processes had in memory, each at its own time. */
  readonly peakMebibytes: number;
}

/** By name: `postgres`, or the file that Node or Python runs. */
export type Programs = ReadonlyMap<string, Program>;

/** All processes below `root` and `root` itself, by Linux's process table. */
export async function programsBelow(root: number): Promise<Programs> {
  const entries = await processTable();
  const childrenOf = Map.groupBy(entries, ({ parent }) => parent);
  const programs = new Map<string, Program>();
  const visit = async (pid: number): Promise<void> => {
    const entry = entries.find((one) => one.pid === pid);
    if (entry === undefined) return;
    const { name, peakMebibytes } = await describe(pid);
    const known = programs.get(name);
    programs.set(name, {
      cpuSeconds: (known?.cpuSeconds ?? 0) + entry.ticks / TICKS,
      endedChildrenSeconds: (known?.endedChildrenSeconds ?? 0) + entry.endedTicks / TICKS,
      peakMebibytes: (known?.peakMebibytes ?? 0) + peakMebibytes,
    });
    for (const child of childrenOf.get(pid) ?? []) await visit(child.pid);
  };
  await visit(root);
  return programs;
}

/** Processor seconds that each program, and what it started and saw end, used between two looks; the most first. */
export function usedBetween(before: Programs, after: Programs): [string, number][] {
  return [...after]
    .flatMap(([name, { cpuSeconds, endedChildrenSeconds }]): [string, number][] => {
      const earlier = before.get(name);
      return [
        [name, cpuSeconds - (earlier?.cpuSeconds ?? 0)],
        [`children of ${name}`, endedChildrenSeconds - (earlier?.endedChildrenSeconds ?? 0)],
      ];
    })
    .filter(([, seconds]) => seconds > 0)
    .toSorted((one, other) => other[1] - one[1]);
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly endedTicks: number;
}

async function processTable(): Promise<Entry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = await Promise.all(pids.map(entryOf));
  return entries.filter((entry) => entry !== null);
}

/** Null: it has ended. */
async function entryOf(pid: number): Promise<Entry | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (index: number): number => fields[index] ?? 0;
  return { pid, parent: at(1), ticks: at(11) + at(12), endedTicks: at(13) + at(14) };
}

async function describe(pid: number): Promise<{ name: string; peakMebibytes: number }> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [commandLine, status] = await Promise.all([read('cmdline'), read('status')]);
  const words = commandLine.split('\0').flatMap((word) => word.split(' '));
  const script = words.find((word) => /\.(ts|py)$/.test(word));
  const program = basename(words[0] ?? '').replace(/:$/, '');
  return {
    name: script === undefined ? program : script.split('/').slice(-2).join('/'),
    peakMebibytes: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024,
  };
}
