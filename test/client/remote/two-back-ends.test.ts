import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLog } from '../../../adapters/logging/create-log.ts';
import { buildGateway } from '../../../client/gateway/build-gateway.ts';
import type { GatewayContext } from '../../../client/gateway/gateway-app.ts';
import { jobRoutes } from '../../../client/gateway/jobs/job-routes.ts';
import { createKey } from '../../../client/keys/manage-keys.ts';
import { createServiceConnections } from '../../../client/service-connections.ts';
import { hansardHere, type Ended } from '../../support/run-command.ts';
import { SAMPLE } from '../cli-child.ts';
import { createSurroundings, type Surroundings } from '../../support/surroundings.ts';

/**
 * Every command twice on one stack: where the services are, and through a gateway. What only reads is about the same job;
 * what changes a job is about one of each tenant, the same transcript in both.
 */

// The machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

type Run = (...args: string[]) => Promise<Ended>;

const [HOME, OTHER] = ['home', 'other'];
let place: Surroundings;
let url: string;
let folder: string;
let direct: Run;
/** Of the tenant that `direct` works for. */
let remote: Run;
/** Of another one. */
let elsewhere: Run;
/** The same, of a gateway that answers at once that a change goes on. */
let hasty: Run;
let withKey: (key: string, at?: string) => Run;
/** The job of the transcript, by tenant. */
const ids: Record<string, string> = {};
const closing = new AsyncDisposableStack();

beforeAll(async () => {
  place = closing.use(await createSurroundings({}));
  const services = createServiceConnections(place.env, { maxDatabaseConnections: 4 });
  closing.defer(() => services.close());
  const log = createLog({ write: () => undefined });
  const context = { env: place.env, services };
  const { app } = await buildGateway(context, { log, requestsPerMinute: 100_000 });
  closing.defer(() => app.close());
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'hansard-remote-'));
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'talk.txt'), TALK);
  await writeFile(join(folder, 'board.yaml'), 'name: mine\n');

  direct = (...args) => hansardHere(args, { ...place.env, HANSARD_TENANT: HOME });
  // Nothing of the services: whatever it does goes through the gateway.
  withKey = (key, at = url) => {
    const env = { HANSARD_URL: at, HANSARD_KEY: key, INIT_CWD: process.cwd() };
    return (...args) => hansardHere(args, env);
  };
  const keyOf = async (tenant: string) =>
    (await createKey(services.apiKeys, tenant, { name: 'of a test', role: 'admin' })).key;
  remote = withKey(await keyOf(HOME));
  const other = await keyOf(OTHER);
  elsewhere = withKey(other);
  const patience = { answerMs: 1, callsMs: 12_000 };
  const apiRoutes = [(one: GatewayContext) => jobRoutes(one, patience)];
  const second = await buildGateway(context, { log, requestsPerMinute: 100_000, apiRoutes });
  closing.defer(() => second.app.close());
  hasty = withKey(other, await second.app.listen({ host: '127.0.0.1', port: 0 }));
  await place.startWorker();
});
afterAll(() => closing.disposeAsync());

const TALK = 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\nEve: I will.\n';

/** What differs from tenant to tenant and from time to time. */
const plain = (text: string): string =>
  Object.values(ids)
    .reduce((left, id) => left.replaceAll(id, 'ID'), text)
    .replaceAll(new RegExp(`\\b(?:${HOME}|${OTHER})\\b`, 'g'), 'TENANT')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/20[2-9]\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?/g, 'TIME')
    // Whether these are told depends on how long it takes.
    .replaceAll(/^the change is still being made .*\n/gm, '')
    .replaceAll('1 of 1 sections are summarised\n', '')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replaceAll(/hansard_[0-9a-f]{20}_[\w-]+/g, 'KEY')
    .replaceAll(/\b[0-9a-f]{20}\b/g, 'KEY-ID');

const plainly = ({ code, stdout, stderr }: Ended): Ended => ({
  code,
  stdout: plain(stdout),
  stderr: plain(stderr),
});

/** The same of both tenants; `{}` is the id of their job. Answers what was printed directly. */
async function both(...args: string[]): Promise<Ended> {
  const of = (tenant: string) => args.map((arg) => arg.replaceAll('{}', ids[tenant] ?? '{}'));
  const [here, there] = await Promise.all([direct(...of(HOME)), elsewhere(...of(OTHER))]);
  expect([args.join(' '), plainly(there)]).toEqual([args.join(' '), plainly(here)]);
  return here;
}

/** The same of one job, exactly. Answers what was printed. */
async function same(...args: string[]): Promise<Ended> {
  const named = args.map((arg) => arg.replaceAll('{}', ids[HOME] ?? ''));
  const printed = () => Promise.all([direct(...named), remote(...named)]);
  let [here, there] = await printed();
  // The stages are a worker's to tell, who may be too busy for the one or the other.
  for (let tries = 0; tries < 5 && lacksStages(here) !== lacksStages(there); tries += 1) {
    [here, there] = await printed();
  }
  expect([args.join(' '), there]).toEqual([args.join(' '), here]);
  return here;
}

const lacksStages = ({ stdout }: Ended): boolean =>
  !stdout.includes('  publish ') && !stdout.includes('"chunks":{"done":0');

/** The same of one job, one after the other: its changes are made one by one. */
async function oneByOne(...args: string[]): Promise<Ended> {
  const named = args.map((arg) => arg.replaceAll('{}', ids[HOME] ?? ''));
  const here = await direct(...named);
  expect([args.join(' '), await remote(...named)]).toEqual([args.join(' '), here]);
  return here;
}

/** The files of the job as both write them, byte by byte. Answers their names. */
async function sameFiles(name: string, ...options: string[]): Promise<string[]> {
  const [here, there] = [join(folder, `${name}-here`), join(folder, `${name}-there`)];
  const id = ids[HOME] ?? '';
  const printed = await Promise.all([
    direct('result', id, '--out', here, ...options),
    remote('result', id, '--out', there, ...options),
  ]);
  expect(printed[1].stdout.replaceAll(there, here)).toBe(printed[0].stdout);
  expect(printed.map(({ code }) => code)).toEqual([0, 0]);
  const names = (await readdir(here)).toSorted();
  expect((await readdir(there)).toSorted()).toEqual(names);
  for (const file of names) {
    const [one, other] = await Promise.all([here, there].map((at) => readFile(join(at, file))));
    expect([file, other?.equals(one ?? Buffer.alloc(0))]).toEqual([file, true]);
  }
  return names;
}

test('a transcript is submitted, followed and read', async () => {
  const talk = join(folder, 'talk.txt');
  const options = ['--title', 'Painting', '--date', '2026-03-02', '--no-image'];
  const about = [...options, '--attendees', 'Lee, Ann; Bob', '--approve', '--approver', 'Eve'];
  const made = await Promise.all([direct, elsewhere].map((run) => run('submit', talk, ...about)));
  for (const [index, tenant] of [HOME, OTHER].entries()) {
    ids[tenant] = /job ([a-z2-7]{26}) started/.exec(made[index]?.stdout ?? '')?.[1] ?? '';
  }
  expect(made.map(plainly)[1]).toEqual(made.map(plainly)[0]);
  expect(made[1]?.stderr).toBe(`follow it with npm run -s hansard -- watch ${ids[OTHER]}\n`);

  const watched = await Promise.all([
    direct('watch', ids[HOME] ?? ''),
    elsewhere('watch', ids[OTHER] ?? ''),
  ]);
  for (const { code, stdout, stderr } of watched) {
    expect(code).toBe(0);
    expect(plain(stdout)).toMatch(
      /waiting for approval until TIME \(UTC\): complete minutes can be read\n$/,
    );
    expect(plain(stderr)).toContain('it is a draft: Eve is asked to approve it until TIME');
  }
  const later = about.map((one) => (one === 'Eve' ? 'Tom' : one));
  expect((await both('submit', talk, ...later)).stderr).toContain('its first request stands');
  expect((await both('submit', talk, ...about, '--json')).stdout).toContain('"reused":true');

  for (const json of [[], ['--json']]) {
    for (const command of ['status', 'watch', 'versions', 'explain'])
      await same(command, '{}', ...json);
    await same('list', ...json);
    await same('list', '--search', 'painter', '--limit', '1', ...json);
    await same('explain', '{}', 'd1', '--version', '1', ...json);
  }
  expect(await sameFiles('all')).toContain('minutes.pdf');
  expect(await sameFiles('some', '--format', 'md,vtt,zip')).toEqual(['minutes.zip']);
});

test('minutes are corrected, decided on and written anew', async () => {
  const renamed = await Promise.all([
    direct('rename-speaker', ids[HOME] ?? '', 's1', 'Anna', '--by', 'Eve'),
    hasty('rename-speaker', ids[OTHER] ?? '', 's1', 'Anna', '--by', 'Eve'),
  ]);
  expect(renamed[0].code).toBe(0);
  expect(plainly(renamed[1])).toEqual(plainly(renamed[0]));
  await oneByOne('rename-speaker', '{}', 'S1', 'Anna', '--by', 'Eve', '--json');
  // What changes nothing makes no documents, and takes little time.
  await oneByOne('join-speakers', '{}', 'S9', 'S2', '--by', 'Eve');
  await oneByOne('delegate', '{}', 'Eve', '--by', 'Eve', '--json');
  await same('versions', '{}', '--changes', '--json');
  await same('versions', '{}', '--changes', '2');
  for (const tenant of [HOME, OTHER]) {
    const out = join(folder, tenant);
    const run = tenant === HOME ? direct : elsewhere;
    await run('result', ids[tenant] ?? '', '--out', out, '--format', 'json');
    const path = join(out, 'minutes.json');
    const edited = (await readFile(path, 'utf8')).replace(
      /"summary": ".*?"/,
      '"summary": "Short."',
    );
    await writeFile(path, edited);
  }
  // One folder for both: each finds its own tenant's file.
  const edits = await Promise.all([
    direct('edit', ids[HOME] ?? '', join(folder, HOME, 'minutes.json'), '--by', 'Eve'),
    elsewhere('edit', ids[OTHER] ?? '', join(folder, OTHER, 'minutes.json'), '--by', 'Eve'),
  ]);
  expect(plainly(edits[1])).toEqual(plainly(edits[0]));
  expect(edits[0].stdout).toContain('has version 3');
  const outdated = join(folder, HOME, 'minutes.json');
  await oneByOne('edit', '{}', outdated, '--by', 'Eve');

  const asked = await both('resummarize', '{}', '--template', 'board', '--by', 'Eve');
  expect(asked).toMatchObject({ code: 2 });
  expect(asked.stderr).toContain('nothing was called: add --yes');
  const board = await both('resummarize', '{}', '--template', 'board', '--by', 'Eve', '--yes');
  expect(board.stdout).toContain('has version 4');

  expect((await both('approve', '{}', '--by', 'Eve')).code).toBe(2);
  expect((await both('approve', '{}', '--version', '3', '--by', 'Eve')).code).toBe(2);
  const approved = await both('approve', '{}', '--version', '4', '--by', 'Tom', '--json');
  expect(JSON.parse(approved.stdout)).toMatchObject({
    version: 5,
    approval: { state: 'approved' },
  });
  await both('return', '{}', 'Bob takes it.', '--version', '4', '--by', 'Tom');
  await same('status', '{}', '--json');
  await same('versions', '{}');
  expect(await sameFiles('approved')).toContain('approved.sha256');
});

test('keys are made, listed and revoked', async () => {
  const made = await both('keys', 'create', 'import', '--role', 'viewer', '--expires', '90d');
  expect(made.code).toBe(0);
  await both('keys', 'create', 'import', '--role', 'king');
  await both('keys', 'revoke', '0'.repeat(20));
  for (const json of [[], ['--json']]) {
    const [here, there] = await Promise.all(
      [direct, elsewhere].map((run) => run('keys', 'list', ...json)),
    );
    // The key that asks is used.
    expect(plain(there?.stdout ?? '').replace('"TIME"', 'null')).toContain('import');
    expect(there?.code).toBe(here?.code);
  }
});

test('what is refused is refused in the same words, with the same exit codes', async () => {
  const gone = join(folder, 'gone.flac');
  const rows: [code: number, ...args: string[]][] = [
    [3, 'status', 'z'.repeat(26)],
    [3, 'result', 'zzzzzzzz', '--out', join(folder, 'none')],
    // What another tenant has is what nobody has.
    [3, 'status', ids[OTHER] ?? ''],
    [3, 'watch', ids[OTHER] ?? ''],
    [3, 'rename-speaker', ids[OTHER] ?? '', 'S1', 'Ann', '--by', 'Eve'],
    [2, 'status', 'nothing/..'],
    [2, 'result', '{}', '--out', join(folder, 'none'), '--version', '99'],
    [2, 'versions', '{}', '--changes', '1'],
    [2, 'versions', '{}', '--changes', '99'],
    [2, 'explain', '{}', 'x9'],
    [1, 'cancel', '{}'],
    [2, 'retry', '{}'],
    [2, 'rename-speaker', '{}', 'S9', 'Ann', '--by', 'Eve'],
    [2, 'submit', gone],
    [2, 'submit', join(folder, 'talk.txt'), '--date', 'tomorrow'],
    [2, 'submit', join(folder, 'talk.txt'), '--template', join(folder, 'none.yaml')],
    [2, 'list', '--limit', '0'],
    [2, 'list', '--search', '!'],
  ];
  for (const [code, ...args] of rows) {
    const ended = await oneByOne(...args);
    expect([args.join(' '), ended.code]).toEqual([args.join(' '), code]);
    expect(ended.stderr).not.toBe('');
  }
});

test('what only an operator does is refused by name', async () => {
  for (const args of [
    ['migrate'],
    ['doctor'],
    ['warm', 'status'],
    ['sweep'],
    ['models', 'check'],
  ]) {
    const { code, stderr } = await remote(...args);
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).toContain(`hansard: ${args.join(' ')}`);
    expect(stderr).toContain('works only directly on the installation');
  }
  const audio = await remote('result', ids[HOME] ?? '', '--out', folder, '--with-audio');
  expect(audio).toMatchObject({ code: 2 });
  expect(audio.stderr).toContain('--with-audio works only directly');
  expect(await remote('list', '--tenant', OTHER)).toMatchObject({ code: 2 });
});

test('a key that is missing, wrong or may not do it, and a gateway that is away, are told', async () => {
  const missing = await hansardHere(['list'], { HANSARD_URL: url });
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('HANSARD_KEY is not set'),
  });
  const wrong = await withKey(`hansard_${'0'.repeat(20)}_wrong`)('list');
  expect(wrong).toMatchObject({ code: 4, stdout: '' });
  expect(wrong.stderr).toContain('HANSARD_KEY: there is no such key');
  const { stdout } = await direct('keys', 'create', 'reader', '--role', 'viewer');
  const viewer = withKey(stdout.trim());
  expect(await viewer('list')).toMatchObject({ code: 0 });
  expect(await viewer('cancel', ids[HOME] ?? '')).toMatchObject({ code: 4 });
  // It is told while the file is still on its way.
  const refused = await viewer('submit', SAMPLE);
  expect(refused).toMatchObject({ code: 4, stdout: '' });
  expect(refused.stderr).toContain('a key of the role viewer may not do this');

  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const away = await withKey(stdout.trim(), `http://127.0.0.1:${port}`)('list');
  expect(away).toMatchObject({ code: 1, stdout: '' });
  expect(away.stderr).toMatch(
    /127\.0\.0\.1:\d+ \(HANSARD_URL\) cannot be reached \(ECONNREFUSED\)/,
  );
  expect(`${wrong.stderr}${away.stderr}`).not.toContain(stdout.trim());
});
