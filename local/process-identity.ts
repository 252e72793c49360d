import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Environment variable of every child with its stack's directory: it identifies orphans of a killed parent. */
export const STACK_MARKER = 'HANSARD_STACK';

/**
 * When the process started, as an opaque string; null when no process has that id. Process ids are reused, but an id
 * together with its start time identifies one process.
 */
export async function processStartTime(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readStat(pid);
    return stat === null || stat.state === 'Z' ? null : stat.startTime;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  );
  return stdout.trim() === '' ? null : stdout.trim();
}

/** Ids of the group's processes that carry the stack's marker; the group's leader may be gone. Linux only. */
export async function orphansOf(processGroup: number, stackDirectory: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const orphans: number[] = [];
  for (const pid of pids) {
    if ((await readStat(pid))?.processGroup !== processGroup) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(`${STACK_MARKER}=${stackDirectory}`)) orphans.push(pid);
  }
  return orphans;
}

async function readStat(pid: number) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // proc(5): the second field is the command in parentheses and may contain anything, so count fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group = ''] = fields;
  return { state, processGroup: Number(group), startTime: fields[19] ?? '' };
}
