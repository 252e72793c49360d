import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../adapters/database/job-library.ts';
import { createObjectStore } from '../../adapters/object-store/object-store.ts';
import { parseS3Settings } from '../../adapters/object-store/parse-s3-settings.ts';
import { isQueuePolled } from '../../adapters/temporal/worker-presence.ts';
import { freshNamespace } from '../adapters/temporal/fresh-namespace.ts';
import { testStack } from '../support/stack.ts';
import { hansard, hansardInside, SAMPLE } from './cli-child.ts';
import { freshTenant } from './fresh-tenant.ts';

// Each test runs the command line several times, and the machine may be busy.
vi.setConfig({ testTimeout: 90_000 });

/** The discard port: nobody listens there. */
const NOBODY = '127.0.0.1:9';

const BROKEN: [string, () => Record<string, string>, RegExp][] = [
  [
    'no Temporal',
    () => ({ TEMPORAL_ADDRESS: NOBODY }),
    /Temporal.*127\.0\.0\.1:9.*TEMPORAL_ADDRESS/,
  ],
  ['no S3', () => ({ S3_ENDPOINT: `http://${NOBODY}` }), /127\.0\.0\.1:9.*S3_ENDPOINT/],
  ['bad S3 keys', () => ({ AWS_SECRET_ACCESS_KEY: 'wrong' }), /credentials.*AWS_SECRET_ACCESS_KEY/],
  ['no such bucket', () => ({ S3_BUCKET: 'nowhere' }), /no bucket nowhere.*S3_BUCKET/],
  [
    'no Postgres',
    () => ({ DATABASE_URL: `postgres://u:secret@${NOBODY}/hansard` }),
    /127\.0\.0\.1:9\/hansard.*DATABASE_URL/,
  ],
  [
    'a wrong user of Postgres',
    () => ({ DATABASE_URL: testStack().databaseUrl.replace(/\/\/[^@]*@/, '//nobody:secret@') }),
    /user or the password.*DATABASE_URL/,
  ],
  [
    'no such database',
    () => ({ DATABASE_URL: testStack().databaseUrl.replace(/\/[^/]*$/, '/nowhere') }),
    /no such database.*DATABASE_URL/,
  ],
  ['no S3_BUCKET', () => ({ S3_BUCKET: '' }), /S3_BUCKET is not set.*npm run local/],
  ['a bad URL', () => ({ DATABASE_URL: 'hansard' }), /DATABASE_URL/],
];

/** In a process of their own, which must end whatever it still waits for. */
const APART = ['no Temporal', 'no Postgres', 'a bad URL'];

test.each(BROKEN)(
  '%s: submit names it and the remedy, and stores nothing',
  async (name, fault, message) => {
    const tenant = freshTenant();
    const env = { ...testStack().env, HANSARD_TENANT: tenant, ...fault() };
    const { code, stdout, stderr } = await (APART.includes(name) ? hansard : hansardInside)(
      ['submit', SAMPLE],
      { env },
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('secret');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: name === 'a bad URL' ? 2 : 1, stdout: '' });
    expect(await keysOf(tenant)).toEqual([]);
  },
);

test('missing search attributes: nothing is stored and migrate is named; migrate mends it', async () => {
  await using fresh = await freshNamespace();
  const tenant = freshTenant();
  const env = { ...fresh.env, HANSARD_TENANT: tenant };
  const refused = await hansardInside(['submit', SAMPLE], { env });
  expect(refused.stderr).toMatch(/lacks the search attributes Tenant.*hansard -- migrate/);
  expect(refused.code).toBe(1);
  expect(await keysOf(tenant)).toEqual([]);

  const migrated = await hansard(['migrate', '--json'], { env });
  expect(JSON.parse(migrated.stdout)).toEqual({
    migrations: [],
    bucket: 'exists',
    searchAttributes: ['Tenant', 'Stage', 'Language', 'Degraded'],
    sweepSchedule: 'created',
  });
  const { spec, action } = await fresh.client.schedule.getHandle('sweep').describe();
  expect(spec.intervals).toMatchObject([{ every: 3_600_000 }]);
  expect(action).toMatchObject({ workflowType: 'sweep', taskQueue: 'pipeline' });

  const started = await hansard(['submit', SAMPLE, '--json'], { env });
  expect(started.code).toBe(0);
  expect(JSON.parse(started.stdout)).toMatchObject({ reused: false });
});

test('list --search finds a job by a word inside a clause, in its tenant only', async () => {
  const tenant = freshTenant();
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  const job = { tenant, id: 'a'.repeat(26), kind: 'minutes', workflowId: 'w' } as const;
  await createJobLibrary(db).submit(
    {
      ...job,
      title: '讨论新的报价方案',
      meetingDate: '2026-03-02',
      durationSeconds: 60,
      sourceSha256: 'b'.repeat(64),
      sourceName: 'x.flac',
    },
    null,
  );
  await db.destroy();
  const list = (...options: string[]) =>
    hansardInside(['list', '--search', '报价', ...options], { env: testStack().env });
  const found = await list('--tenant', tenant, '--json');
  expect(JSON.parse(found.stdout)).toMatchObject([{ id: job.id, found: '讨论新的报价方案' }]);
  const shown = await list('--tenant', tenant);
  expect(shown.stdout.split('\n').slice(1)).toEqual([
    `${job.id}  submitted  2026-03-02  01:00   讨论新的报价方案`,
    '    讨论新的报价方案',
    '',
  ]);
  const other = await list('--tenant', freshTenant());
  expect(other).toMatchObject({ code: 0, stdout: 'no job has all of these words\n', stderr: '' });
});

test('sweep without a worker says so instead of waiting for ever', async () => {
  await using fresh = await freshNamespace();
  const { code, stderr } = await hansardInside(['sweep'], { env: fresh.env });
  expect(stderr).toMatch(/no worker polls the task queue pipeline.*npm run worker/);
  expect(code).toBe(1);
});

test('doctor names every fault of a broken set-up and exits 1', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-doctor-'));
  await writeFile(join(folder, 'hansard.yaml'), 'roles:\n  transcribe: [{ name: 1 }]\n');
  const env = {
    TEMPORAL_ADDRESS: NOBODY,
    S3_ENDPOINT: `http://${NOBODY}`,
    S3_BUCKET: 'b',
    AWS_ACCESS_KEY_ID: 'k',
    AWS_SECRET_ACCESS_KEY: 's',
    DATABASE_URL: `postgres://${NOBODY}/hansard`,
    HANSARD_CONFIG: join(folder, 'hansard.yaml'),
    PATH: '/nonexistent',
  };
  const { code, stdout } = await hansard(['doctor', '--json'], { env });
  await rm(folder, { recursive: true });
  const findings = JSON.parse(stdout) as { check: string; state: string; detail: string }[];
  const faults = Object.fromEntries(
    findings.filter(({ state }) => state === 'fault').map(({ check, detail }) => [check, detail]),
  );
  expect(Object.keys(faults)).toEqual([
    'ffmpeg',
    'ffprobe',
    'temporal',
    'object store',
    'database',
    'configuration',
  ]);
  expect(faults['ffmpeg']).toContain('apt-get install');
  expect(faults['temporal']).toContain('TEMPORAL_ADDRESS');
  expect(faults['object store']).toContain('S3_ENDPOINT');
  expect(faults['database']).toContain('DATABASE_URL');
  expect(faults['configuration']).toMatch(/hansard\.yaml: roles\.transcribe/);
  expect(code).toBe(1);
});

test('doctor on the stack finds services and tables in order, and only the worker missing', async () => {
  await using fresh = await freshNamespace();
  await hansardInside(['migrate'], { env: fresh.env });
  const { stdout } = await hansardInside(['doctor', '--json'], { env: fresh.env });
  const findings = JSON.parse(stdout) as { check: string; state: string }[];
  const state = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  expect(state).toMatchObject({
    node: 'ok',
    ffmpeg: 'ok',
    ffprobe: 'ok',
    temporal: 'ok',
    'search attributes': 'ok',
    'object store': 'ok',
    'store behaviour': 'note',
    'uploads from pages': 'ok',
    database: 'ok',
    migrations: 'ok',
    worker: 'fault',
  });
});

test('doctor notes the targets that no worker asks for calls', async () => {
  await using fresh = await freshNamespace();
  const { client, namespace } = fresh;
  const { workflowService } = client.connection;
  const asking = new AbortController();
  const facts = (name: string) => ({ namespace, taskQueue: { name }, identity: 'a-worker' });
  // A worker of another hansard.yaml, which has one target of the same name.
  const asked = client.withDeadline(Date.now() + 60_000, () =>
    client.withAbortSignal(asking.signal, () =>
      Promise.allSettled([
        workflowService.pollWorkflowTaskQueue(facts('pipeline')),
        workflowService.pollActivityTaskQueue(facts('io')),
        workflowService.pollActivityTaskQueue(facts('paid.whisper')),
      ]),
    ),
  );
  await expect.poll(() => isQueuePolled(client, 'paid.whisper')).toBe(true);
  const folder = await mkdtemp(join(tmpdir(), 'hansard-doctor-'));
  const file = join(folder, 'hansard.yaml');
  const target = (name: string) =>
    `{ name: ${name}, contract: hf-task, model: openai/whisper-base, token: "\${HF_TOKEN}" }`;
  await writeFile(
    file,
    `roles: { transcribe: [${target('whisper')}, ${target('renamed')}], summarize: [], illustrate: [], moderate: [] }\n`,
  );
  const env = { ...fresh.env, HANSARD_CONFIG: file };
  const { stdout } = await hansardInside(['doctor', '--json'], { env });
  await rm(folder, { recursive: true });
  const findings = JSON.parse(stdout) as { check: string }[];
  expect(findings).toContainEqual({
    check: 'targets',
    state: 'note',
    detail: expect.stringMatching(/^no worker asks for calls to renamed: restart/) as string,
  });
  asking.abort();
  await asked;
});

async function keysOf(tenant: string): Promise<string[]> {
  const store = createObjectStore(parseS3Settings(testStack().env));
  const keys: string[] = [];
  for await (const { key } of store.list(`${tenant}/`)) keys.push(key);
  store.close();
  return keys;
}
