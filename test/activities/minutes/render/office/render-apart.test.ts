import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { renderApart } from '../../../../../activities/minutes/render/office/render-apart.ts';
import {
  EXPORT_FORMATS,
  renderExports,
} from '../../../../../activities/minutes/render/render-exports.ts';
import { sampleMinutes, sampleTranscript } from '../sample-minutes.ts';
import { sampleDocument } from './office-samples.ts';

const task = { format: 'docx', document: sampleDocument('en'), picture: null } as const;
const SILENT = new URL('./silent-process.ts', import.meta.url);

/** The modules that processes of this one run now. */
async function running(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => Number.parseInt(line, 10) === process.pid)
    .flatMap((line) => /[^/]+-process\.ts/.exec(line)?.[0] ?? []);
}

test('files whose processes never answer are left out and named, and their processes are ended', async () => {
  const render = () => renderApart(task, { process: SILENT, limitMs: 300 });
  const formats = EXPORT_FORMATS.filter(({ name }) => /\.(?:md|docx|pdf)$/.test(name)).map(
    (format) => (format.name === 'minutes.md' ? format : { ...format, render }),
  );
  const { minutes, exports } = await renderExports(
    (missing) => ({ ...sampleMinutes, degradations: [...missing] }),
    sampleTranscript,
    { picture: null, formats, signal: AbortSignal.timeout(20_000) },
  );
  expect(exports.map(({ name }) => name)).toEqual(['minutes.md']);
  expect(minutes.degradations.map(({ role, level, reason }) => [role, level, reason])).toEqual([
    ['minutes.docx', 'missing', 'ProcessTimeout'],
    ['minutes.pdf', 'missing', 'ProcessTimeout'],
  ]);
  await vi.waitFor(async () => expect(await running()).toEqual([]));
});

test('a process takes compiled modules from where its parent keeps them, and leaves its own there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-compiled-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const module = new URL(
    '../../../../../activities/minutes/render/office/render-apart.ts',
    import.meta.url,
  );
  const program = `
    await (await import(${JSON.stringify(module)})).renderApart(JSON.parse(process.argv[1]));
    process.kill(process.pid, 'SIGKILL');`;
  const run = promisify(execFile)(process.execPath, ['-e', program, JSON.stringify(task)], {
    env: { NODE_COMPILE_CACHE: folder },
  });
  await expect(run).rejects.toMatchObject({ signal: 'SIGKILL' });
  const [version = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect((await readdir(join(folder, version))).length).toBeGreaterThan(10);
});

test('who waits for the one before leaves at the signal, and the next one still waits its turn', async () => {
  const hanging = new AbortController();
  const waiting = new AbortController();
  const first = renderApart(task, { process: SILENT, signal: hanging.signal });
  const second = renderApart(task, { signal: waiting.signal });
  const third = renderApart(task);
  waiting.abort(new Error('cancelled while it waits'));
  await expect(second).rejects.toThrow('cancelled while it waits');
  expect(await running()).toEqual(['silent-process.ts']);

  hanging.abort(new Error('cancelled while it hangs'));
  await expect(first).rejects.toThrow('cancelled while it hangs');
  expect((await third).subarray(0, 2)).toEqual(Uint8Array.of(0x50, 0x4b));
  await vi.waitFor(async () => expect(await running()).toEqual([]));
});
