import { readFile } from 'node:fs/promises';

/** The most memory that a process had so far, in MiB, as Linux tells it. */
export async function mostMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
