import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputKey } from '../../adapters/object-store/keys.ts';
import { openGateway } from '../client/gateway/jobs/gateway-bench.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** What becomes of a change that nobody waits for any more, on real servers. */

const MAIN = resolve(import.meta.dirname, '../../client/cli/main.ts');

let place: Surroundings;
let folder: string;
let id: string;
beforeAll(async () => {
  place = await createSurroundings({ inference: ['--faults', '--scripted-transcriber'] });
  folder = await mkdtemp(join(tmpdir(), 'hansard-changes-'));
  await place.startWorker();
  const talk = join(folder, 'talk.txt');
  await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
  const submitted = await place.succeed('submit', talk, '--no-image', '--json', '--watch');
  ({ id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string });
}, 120_000);
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** `resummarize` in a terminal of its own, up to its question. */
async function askedInTerminal() {
  const command = `echo "pid $$"; exec "${process.execPath}" "${MAIN}" resummarize ${id} --template board --by Ann`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', ...place.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (block: Buffer) => (text += String(block)));
  const closed = once(child, 'close');
  while (!text.includes('Make these calls?')) {
    if (child.exitCode !== null) throw new Error(`it did not ask: ${text}`);
    await sleep(100);
  }
  return {
    type: (keys: string) => child.stdin.write(keys),
    kill: (signal: NodeJS.Signals) => process.kill(Number(/pid (\d+)/.exec(text)?.[1]), signal),
    ended: async () => {
      const [code] = (await closed) as [number | null];
      return { code, text };
    },
  };
}

const statusOfChange = async (): Promise<string> =>
  (await place.client.workflow.getHandle(`revise/default/${id}`).describe()).status.name;
const versions = async (): Promise<number[]> => {
  const listed = JSON.parse(await place.succeed('versions', id, '--json')) as { version: number }[];
  return listed.map(({ version }) => version).toSorted((a, b) => a - b);
};

test.each([
  ['Ctrl-C', '\u0003', 130],
  ['Ctrl-D', '\u0004', 0],
  ['SIGTERM', null, 130],
])(
  '%s at the question withdraws the change',
  async (_, keys, code) => {
    const { requests: before } = await place.stats();
    const asked = await askedInTerminal();
    expect(await statusOfChange()).toBe('RUNNING');
    const other = await place.hansard('rename-speaker', id, 'S1', 'Anna', '--by', 'Ann');
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('waits to hear whether its calls are wanted'),
    });
    expect(other.stderr).toContain(`cancel ${id}`);
    if (keys === null) asked.kill('SIGTERM');
    else asked.type(keys);
    const ended = await asked.ended();
    expect(ended).toMatchObject({
      code,
      text: expect.stringContaining('nothing was called, and nothing changed'),
    });
    await expect.poll(statusOfChange, { timeout: 10_000 }).toBe('CANCELLED');
    expect((await place.stats()).requests).toEqual(before);
    expect(await versions()).toEqual([1]);
  },
  60_000,
);

test('a change that is being made of a finished job is stopped by cancel, and nothing of it is seen', async () => {
  await place.setFaults([{ role: 'summarize', nth: 'every', delayMs: 120_000 }]);
  const making = place.hansard('resummarize', id, '--template', 'board', '--by', 'Ann', '--yes');
  const states = async () => {
    const { rows } = await place.database.query<{ state: string }>(
      'select state from ledger_entry where job_id = $1',
      [id],
    );
    return rows.map(({ state }) => state);
  };
  while (!(await states()).includes('sending')) await sleep(100);
  expect(await place.hansard('rename-speaker', id, 'S1', 'Anna', '--by', 'Tom')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`another change of job ${id} is being made`),
  });
  const stopped = await place.succeed('cancel', id, '--json');
  expect(JSON.parse(stopped)).toEqual({ id, outcome: 'requested' });
  expect(await making).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was stopped: its minutes are as they were'),
  });
  await expect.poll(statusOfChange, { timeout: 10_000 }).toBe('CANCELLED');
  // The call was sent, and nobody knows whether it was billed.
  expect((await states()).toSorted()).toEqual(['accepted', 'in_doubt']);
  expect(await versions()).toEqual([1]);
  const status = JSON.parse(await place.succeed('status', id, '--json')) as { status: string };
  expect(status.status).toBe('completed');

  // The next change is made of the minutes that are shown, and there is nothing left to stop.
  await place.setFaults([]);
  await place.succeed('rename-speaker', id, 'S1', 'Anna', '--by', 'Ann');
  expect(await versions()).toEqual([1, 2]);
  expect(await place.succeed('rename-speaker', id, 'S1', 'Anna', '--by', 'Tom')).toContain(
    `nothing changed: job ${id} has no new version`,
  );
  expect(await versions()).toEqual([1, 2]);
  expect(await place.hansard('cancel', id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is nothing to cancel'),
  });
}, 120_000);

test('over HTTP, minutes are summarised anew, corrected, returned, approved and frozen as by the commands', async () => {
  await using gateway = await openGateway(place.env);
  const ask = async (path: string, payload?: object) =>
    await gateway.ask('default', `/jobs/${id}${path}`, {
      method: payload === undefined ? 'GET' : 'POST',
      ...(payload !== undefined && { payload }),
    });
  const first = Math.max(...(await versions()));
  const { requests: before } = await place.stats();
  const asked = await ask('/resummarize', { template: 'board' });
  expect(asked.body).toMatchObject({ version: null, outcome: 'asked', calls: { calls: 1 } });
  expect((await place.stats()).requests).toEqual(before);
  expect((await ask('/resummarize', { template: 'board', confirm: true })).body).toMatchObject({
    version: first + 1,
    outcome: 'made',
    calls: { calls: 1 },
  });

  const rename = { speaker: 's2', name: ' Rob ' };
  expect((await ask('/rename-speaker', rename)).body).toMatchObject({
    id,
    version: first + 2,
    outcome: 'made',
    approval: null,
  });
  expect((await ask('/rename-speaker', rename)).body).toEqual({
    id,
    version: null,
    outcome: 'same',
  });
  const listed = (await ask('/versions')).body as { versions: object[] };
  expect(listed.versions[0]).toMatchObject({
    version: first + 2,
    isShown: true,
    kind: 'rename',
    by: 'key k1',
  });

  const { bytes } = await ask('/exports/minutes.json');
  const corrected = { ...(JSON.parse(String(bytes)) as object), summary: 'A painter is hired.' };
  const edited = await ask('/edit?by=Tom', corrected);
  expect(edited.body).toMatchObject({ version: first + 3, outcome: 'made' });
  expect((await ask('/changes')).body).toMatchObject({
    by: 'Tom',
    differences: [{ field: 'summary', is: 'A painter is hired.' }],
  });
  const late = await ask('/edit', corrected);
  expect(late).toMatchObject({ status: 422, body: { name: 'VersionOutdatedError' } });
  expect(JSON.stringify(late.body)).toContain('the body is made from version');
  // People's own words would be lost, and that is said.
  expect((await ask('/resummarize', { template: 'lecture' })).body).toMatchObject({
    outcome: 'asked',
    replaced: { version: first + 3, summary: true },
  });

  const remark = 'Rob books the hall.';
  expect((await ask('/return', { version: first, remark })).body).toMatchObject({
    name: 'VersionOutdatedError',
    message: expect.stringContaining('nothing was decided') as string,
  });
  expect((await ask('/return', { version: first + 3, remark, by: 'Eve' })).body).toMatchObject({
    version: first + 4,
    approval: { state: 'returned' },
  });
  expect((await ask('')).body).toMatchObject({ approval: { remark, by: 'Eve' } });
  expect((await ask('/join-speakers', { speaker: 'S2', into: 'S1' })).body).toMatchObject({
    version: first + 5,
    outcome: 'made',
  });
  const version = first + 6;
  const approved = await ask('/approve', { version: first + 5, by: 'Eve' });
  expect(approved.body).toMatchObject({ version, approval: { state: 'approved' } });
  expect((await ask('/exports?format=md')).body).toMatchObject({
    files: [{ name: 'approved.sha256' }, { name: 'minutes.md' }],
  });
  expect(String((await ask('/exports/minutes.md')).bytes)).toContain('A painter is hired.');

  // Of what somebody changed in the store, not one byte is given.
  const store = objectStoreOf(place);
  const contentType = 'text/markdown';
  await store.put(outputKey('default', id, version, 'minutes.md'), 'Forged.', { contentType });
  store.close();
  for (const path of ['/exports/minutes.md', '/exports?format=md,zip']) {
    expect(await ask(path)).toMatchObject({ status: 422, body: { name: 'NotAsApprovedError' } });
  }
}, 120_000);
