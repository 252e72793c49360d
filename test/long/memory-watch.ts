import { readFile } from 'node:fs/promises';

export interface MemoryWatch {
  /** Resident set sizes in MiB, one a second, by the label that was set when each was taken. */
  readonly samples: ReadonlyMap<string, readonly number[]>;
  readonly label: (text: string) => void;
  readonly [Symbol.dispose]: () => void;
}

/** Looks at a process once a second, as Linux tells it in /proc. */
export function watchMemory(pid: number, first: string): MemoryWatch {
  const samples = new Map<string, number[]>();
  let label = first;
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    samples.set(label, [...(samples.get(label) ?? []), kibibytes / 1024]);
  };
  const timer = setInterval(() => void look(), 1_000);
  return {
    samples,
    label: (text) => (label = text),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
