import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../adapters/database/create-database.ts';
import { createWebhookEndpoints } from '../../adapters/database/webhooks/endpoints.ts';
import { outputKey } from '../../adapters/object-store/keys.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { WEBHOOK_EVENTS, type WebhookPayload } from '../../workflows/contracts/webhooks.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { historyText } from '../support/history-text.ts';
import { openReceiver } from '../support/webhook-receiver.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** A draft on its way to approved minutes, by the commands that people type, on real servers. */

let place: Surroundings;
let folder: string;
beforeAll(async () => {
  place = await createSurroundings({ inference: ['--scripted-transcriber'] });
  folder = await mkdtemp(join(tmpdir(), 'hansard-approval-'));
}, 240_000);
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const file = (...names: string[]) => join(folder, ...names);
const statusOf = async (id: string): Promise<unknown> =>
  JSON.parse(await place.succeed('status', id, '--json'));
const minutesIn = async (...names: string[]) =>
  minutesSchema.parse(JSON.parse(await readFile(file(...names, 'minutes.json'), 'utf8')));
const run = promisify(execFile);

test('a draft is returned, corrected and approved, and frozen; nothing of it is paid for', async () => {
  await using receiver = await openReceiver();
  const secret = await hearOfEverything(receiver.url('/minutes'));
  const toldOf = () =>
    receiver.at('/minutes').map(({ body, headers }) => {
      const message = new Webhook(secret).verify(body, headers as Record<string, string>);
      return message as WebhookPayload;
    });
  let worker = await place.startWorker({ HANSARD_WEBHOOK_LOOPBACK: 'allow' });
  await writeFile(
    file('talk.txt'),
    'Ann: We decided to hire a photographer for one day.\nBob: I will book the room by Friday.\n',
  );
  const asks = ['--approve', '--approver', 'Dr Ann Lee', '--deadline', '2d'];
  const submit = ['submit', file('talk.txt'), '--no-image', '--json'];
  const submitted = await place.succeed(...submit, ...asks, '--watch');
  const { id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string };
  expect(await statusOf(id)).toMatchObject({
    status: 'waiting',
    waitingFor: 'approval',
    result: 'complete',
    approval: { state: 'draft', asked: 'Dr Ann Lee' },
  });
  expect(await place.succeed('list')).toMatch(/ {2}draft {2}/);
  const waiting = place.client.workflow.getHandle(`approval/default/${id}`);
  await expect.poll(async () => (await waiting.describe()).status.name).toBe('RUNNING');
  // With and without approval it is one job, so that nothing is paid twice.
  expect(JSON.parse(await place.succeed(...submit))).toMatchObject({ id, reused: true });
  const [paid, entries] = [await place.stats(), await ledgerOf(id)];
  expect(paid.billed['summarize']).toBe(1);

  const remark = 'The photographer comes for two days.';
  expect((await place.hansard('return', id, ' ')).code).toBe(2);
  const unread = await place.hansard('approve', id);
  expect(unread.code).toBe(2);
  expect(unread.stderr).toContain(`approve ${id} --version 1`);
  await place.succeed('return', id, remark, '--version', '1', '--by', 'Ann');
  const returned = await place.succeed('status', id);
  expect(returned).toContain('returned: waiting for a correction until');
  expect(returned).toContain(`remark: ${remark}`);

  await place.succeed('result', id, '--out', file('returned'));
  expect(await readFile(file('returned', 'minutes.md'), 'utf8')).toContain(remark);
  const correct = await minutesIn('returned');
  const edited = { ...correct, decisions: [{ text: 'Hire a photographer for two days.' }] };
  await writeFile(file('edited.json'), JSON.stringify(edited));

  const asItIs = await place.hansard('approve', id, '--version', '2', '--by', 'Ann');
  expect(asItIs.code).toBe(2);
  expect(asItIs.stderr).toContain('version 2 was returned, and cannot be approved as it is');

  // A correction is asked for while no worker runs, and is not lost. In order: Temporal waits ten seconds for a killed one.
  expect(await worker.stop()).toBe(0);
  const editing = place.hansard('edit', id, file('edited.json'), '--by', 'Bob');
  await expect
    .poll(() =>
      place.client.workflow
        .getHandle(`revise/default/${id}`)
        .describe()
        .then(({ historyLength, status }) => [status.name, historyLength]),
    )
    .toEqual(['RUNNING', 2]);
  worker = await place.startWorker({ HANSARD_WEBHOOK_LOOPBACK: 'allow' });
  expect((await editing).code).toBe(0);

  expect(await statusOf(id)).toMatchObject({ approval: { state: 'draft' } });
  const outdated = await place.hansard('approve', id, '--version', '2');
  expect(outdated.code).toBe(2);
  expect(outdated.stderr).toContain('shows version 3 by now, and not 2: nothing was decided');
  await place.succeed('delegate', id, 'Eve', '--by', 'Ann');
  const approved = await place.succeed('approve', id, '--version', '4', '--by', 'Eve', '--json');
  const { version, approval } = JSON.parse(approved) as {
    version: number;
    approval: { filesSha256: string };
  };
  expect(version).toBe(5);
  expect(await waiting.result()).toBe('approved');
  expect(await statusOf(id)).toMatchObject({
    status: 'completed',
    waitingFor: null,
    approval: { state: 'approved', by: 'Eve', filesSha256: approval.filesSha256 },
  });
  expect(await place.succeed('list')).toMatch(/ {2}approved {2}/);
  expect(await place.succeed('versions', id)).toContain('Eve: approved, from version 4');
  expect(await place.succeed('explain', id)).toContain('Approved by Eve');

  // The check that the documentation tells, with no word of ours.
  await place.succeed('result', id, '--out', file('approved'));
  const { stdout } = await run('sha256sum', ['--check', 'approved.sha256'], {
    cwd: file('approved'),
  });
  const files = (await readdir(file('approved'))).filter((name) => name !== 'approved.sha256');
  expect(stdout.trim().split('\n')).toEqual(files.toSorted().map((name) => `${name}: OK`));
  const digest = await run('sha256sum', ['approved.sha256'], { cwd: file('approved') });
  expect(digest.stdout).toContain(approval.filesSha256);
  expect(await minutesIn('approved')).toMatchObject({
    decisions: [{ text: 'Hire a photographer for two days.' }],
    approval: { state: 'approved', by: 'Eve', version: 4 },
  });

  // Nothing is decided twice; a later change is a draft, and the approved files stay.
  expect((await place.hansard('return', id, 'No.', '--version', '5', '--by', 'Ann')).code).toBe(2);
  await place.succeed('rename-speaker', id, 'S1', 'Ann Lee');
  expect(await statusOf(id)).toMatchObject({ status: 'waiting', approval: { state: 'draft' } });
  // Each change was told once, although a worker was killed.
  await expect.poll(() => receiver.at('/minutes')).toHaveLength(6);
  expect(
    toldOf()
      .toSorted((one, other) => (one.data.job?.version ?? 0) - (other.data.job?.version ?? 0))
      .map(({ type, data: { job } }) => [type, job?.id, job?.version, job?.approval?.state]),
  ).toEqual([
    ['job.completed', id, 1, 'draft'],
    ['job.returned', id, 2, 'returned'],
    ['job.revised', id, 3, 'draft'],
    ['job.delegated', id, 4, 'draft'],
    ['job.approved', id, 5, 'approved'],
    ['job.revised', id, 6, 'draft'],
  ]);
  expect(JSON.stringify(toldOf())).not.toMatch(/\bAnn\b|\bEve\b|two days|photographer/);
  await place.succeed('result', id, '--version', '5', '--out', file('again'));
  expect(await readFile(file('again', 'minutes.pdf'))).toEqual(
    await readFile(file('approved', 'minutes.pdf')),
  );
  const store = objectStoreOf(place);
  try {
    await store.putJson(outputKey('default', id, 5, 'minutes.json'), { ...correct, version: 5 });
  } finally {
    store.close();
  }
  const changed = await place.hansard('result', id, '--version', '5', '--out', file('changed'));
  expect(changed.code).toBe(1);
  expect(changed.stderr).toContain('minutes.json of job');

  expect(await place.stats()).toEqual(paid);
  expect(await ledgerOf(id)).toEqual(entries);
  for (const kind of ['minutes', 'revise', 'approval']) {
    const handle = place.client.workflow.getHandle(`${kind}/default/${id}`);
    const told = historyText(await handle.fetchHistory());
    expect(told).toContain(`"jobId":"${id}"`);
    expect(told).not.toMatch(/\bAnn\b|\bEve\b|two days|photographer/);
  }
}, 240_000);

test('options that make no sense are refused before anything is stored', async () => {
  const submit = (...options: string[]) => place.hansard('submit', file('talk.txt'), ...options);
  const ends = [
    await submit('--approver', 'Ann'),
    await submit('--approve', '--deadline', 'soon'),
    await submit('--approve', '--deadline', '91d'),
    await submit('--approve', '--approver', ' '),
  ];
  expect(ends.map(({ code, stderr }) => [code, stderr.split(/ needs| takes/)[0]])).toEqual([
    [2, 'hansard: --approver'],
    [2, 'hansard: --deadline'],
    [2, 'hansard: --deadline'],
    [2, 'hansard: --approver'],
  ]);
});

/** Has this address told of every event, and answers with the secret. */
async function hearOfEverything(url: string): Promise<string> {
  const db = createDatabase({ url: place.env['DATABASE_URL'] ?? '', maxConnections: 1 });
  try {
    const made = await createWebhookEndpoints(db).create('default', {
      url,
      events: WEBHOOK_EVENTS,
    });
    return made?.secret ?? '';
  } finally {
    await db.destroy();
  }
}

async function ledgerOf(id: string) {
  const { rows } = await place.database.query<{ state: string; count: string }>(
    'select state, count(*) from ledger_entry where job_id = $1 group by state',
    [id],
  );
  return rows;
}
