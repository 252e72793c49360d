import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { main, sampleFlac, startServer, type RunningServer } from './start-server.ts';

// Whisper runs on two threads of a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** The server loads its models when they are first used, and does not answer meanwhile. */
const POLL = { timeout: 10_000 };

/* The server as a process: access, start, stop and leftovers. */

const transcribe = (url: string, body: Uint8Array<ArrayBuffer>, headers: object = {}) =>
  fetch(`${url}/hf-inference/models/openai/whisper-base`, {
    method: 'POST',
    headers: { 'content-type': 'audio/flac', ...headers },
    body,
  });

const statsOf = async (url: string) => (await fetch(`${url}/local/stats`)).text();
const chat = (url: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'hansard/extractive-v1',
      messages: [{ role: 'user', content: 'We met.' }],
    }),
  });

/** Process ids of the children, by Linux's process table. */
async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_pid, index) => parents[index] === pid);
}

async function parentOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return parent === undefined || state === 'Z' ? null : Number(parent);
}

const isAlive = async (pid: number) => (await parentOf(pid)) !== null;

async function pythonOf(server: RunningServer): Promise<number> {
  const [python, ...others] = await childrenOf(server.pid);
  expect(others).toEqual([]);
  return python ?? 0;
}

describe('the process', () => {
  test('finishes running calls after SIGTERM, then ends with its Python child', async () => {
    const server = await startServer();
    const python = await pythonOf(server);
    const answer = transcribe(server.url, await sampleFlac(0, 10));
    await expect.poll(() => statsOf(server.url), POLL).toContain('"transcribe":1');
    const [code, response] = await Promise.all([server.stop(), answer]);
    expect({ code, status: response.status }).toEqual({ code: 0, status: 200 });
    expect(await isAlive(python)).toBe(false);
  });

  test('does not wait for a request that a fault keeps hanging', async () => {
    const server = await startServer('--faults', '--scripted-transcriber');
    const rules = JSON.stringify([{ role: 'transcribe', nth: 1, hang: true }]);
    await fetch(`${server.url}/local/faults`, { method: 'PUT', body: rules });
    const answer = transcribe(server.url, await sampleFlac(0, 5)).catch(() => null);
    await expect.poll(() => statsOf(server.url), POLL).toContain('"transcribe":1');
    const start = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - start).toBeLessThan(5000); // answers have 30 seconds
    expect(await answer).toBeNull();
  });

  test.each([
    ['a delay: the answer goes out then', { delayMs: 600_000 }, 'whole'],
    ['a drip: the body is cut off', { drip: { bytes: 5, everyMs: 60_000 } }, 'cut off'],
  ])('does not wait for %s', async (_what, fault, outcome) => {
    const server = await startServer('--faults', '--scripted-transcriber');
    const body = JSON.stringify([{ role: 'summarize', nth: 1, ...fault }]);
    await fetch(`${server.url}/local/faults`, { method: 'PUT', body });
    const read = chat(server.url)
      .then((response) => response.json())
      .then(
        () => 'whole',
        () => 'cut off',
      );
    await expect.poll(() => statsOf(server.url), POLL).toContain('"requests":{"summarize":1}');
    const start = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - start).toBeLessThan(5000); // answers have 30 seconds
    expect(await read).toBe(outcome);
  });

  test('leaves no Python child when it is killed in the middle of a transcription', async () => {
    const server = await startServer();
    const python = await pythonOf(server);
    const answer = transcribe(server.url, await sampleFlac(0, 28)).catch(() => null);
    await expect.poll(() => statsOf(server.url), POLL).toContain('"transcribe":1');
    await server.kill();
    expect(await answer).toBeNull();
    await expect.poll(() => isAlive(python), { timeout: 5000 }).toBe(false);
  });

  test('starts another Python child when one dies', async () => {
    const server = await startServer();
    try {
      process.kill(await pythonOf(server), 'SIGKILL');
      await expect.poll(() => childrenOf(server.pid), POLL).toEqual([]);
      expect((await transcribe(server.url, await sampleFlac(0, 5))).status).toBe(200);
    } finally {
      await server.stop();
    }
  });

  test('accepts only one token with --require-token, and refuses others as Hugging Face does', async () => {
    const server = await startServer('--scripted-transcriber', '--require-token', 'hf_right');
    try {
      const audio = await sampleFlac(0, 5);
      const refused = await transcribe(server.url, audio, { authorization: 'Bearer hf_wrong' });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ error: 'Invalid username or password.' });
      expect(refused.headers.get('x-error-message')).toBe('Invalid username or password.');
      const right = { authorization: 'Bearer hf_right' };
      const served = await transcribe(server.url, audio, right);
      expect(served.status).toBe(200);
      expect(served.headers.get('x-sha')).toBe('scripted-transcriber');
      const known = async (headers: Record<string, string>) =>
        (await fetch(`${server.url}/api/whoami-v2`, { headers })).status;
      expect(await known(right)).toBe(200);
      expect(await known({ authorization: 'Bearer hf_wrong' })).toBe(401);
      expect(await known({})).toBe(401);
    } finally {
      await server.stop();
    }
  });

  test('names the variable when the model folder is missing', async () => {
    const env = { ...process.env, HANSARD_PYTHON: 'python3', HANSARD_WHISPER_MODEL: '' };
    await expect(promisify(execFile)(process.execPath, [main], { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HANSARD_WHISPER_MODEL'),
    });
  });
});
