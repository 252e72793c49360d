import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runCommand } from '../../local/provision/run-command.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { checkConfinement } from './checks.ts';
import type { Engine } from './engine.ts';
import type { Installation } from './installation.ts';
import { REPOSITORY } from './repository.ts';

const SAMPLE = join(REPOSITORY, 'local', 'samples', 'planning-meeting.flac');

/** Uses an installation as people do, and as machines fail. Tells what it saw; throws at the first thing that is wrong. */
export async function tryOut(
  engine: Engine,
  installation: Installation,
  log: (line: string) => void,
): Promise<void> {
  const { compose, up, urls } = installation;
  const folder = await mkdtemp(join(tmpdir(), 'hansard-minutes-'));
  try {
    await up();
    log('up: every service is healthy');
    const key = await compose(
      'exec',
      '-T',
      'gateway',
      'hansard',
      'keys',
      'create',
      'test',
      '--role',
      'admin',
    );
    const hansard = remoteCommand(urls.gateway, key.trim());

    const first = await submit(hansard, SAMPLE, '--title', 'First', '--date', '2026-03-02');
    await hansard('watch', first.id);
    const before = await minutesOf(hansard, first.id, join(folder, 'first'));
    log(`first job: ${describe(before)}`);

    await lookAtPages(urls);
    log('page, Temporal UI and the permission for pages to upload are there');

    // Two files are sent in parts, each straight to the store.
    const halves = await halve(SAMPLE, folder);
    const second = await submit(hansard, '--join', ...halves, '--title', 'Second', '--no-image');
    const killed = await killBusyWorker(engine, installation, second.workflowId);
    log(`second job, uploaded in parts: ${killed}`);
    await hansard('watch', second.id);
    log(`second job: ${describe(await minutesOf(hansard, second.id, join(folder, 'second')))}`);
    await up();

    for (const line of await checkConfinement(engine, installation)) log(line);

    await compose('down', '--timeout', '30');
    log('down');
    await up();
    log('up again: every service is healthy');
    const after = await minutesOf(hansard, first.id, join(folder, 'again'));
    assert.deepEqual(after, before);
    const listed = await hansard('list', '--json');
    for (const { id } of [first, second]) assert.ok(listed.includes(id), `${id} is lost`);
    log('both jobs, their minutes and the key are as before');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Command = (...words: readonly string[]) => Promise<string>;

/** The command line of this clone, through the gateway. */
const remoteCommand =
  (url: string, key: string): Command =>
  (...words) =>
    runCommand(process.execPath, [join(REPOSITORY, 'client/cli/main.ts'), ...words], {
      environment: { PATH: process.env['PATH'], HANSARD_URL: url, HANSARD_KEY: key },
    });

async function submit(hansard: Command, ...words: readonly string[]) {
  const json: unknown = JSON.parse(await hansard('submit', ...words, '--json'));
  return z.object({ id: z.string(), workflowId: z.string() }).parse(json);
}

async function minutesOf(hansard: Command, id: string, folder: string) {
  await hansard('result', id, '--out', folder);
  const minutes = minutesSchema.parse(
    JSON.parse(await readFile(join(folder, 'minutes.json'), 'utf8')),
  );
  // Said in the sample, and heard by the model.
  assert.match(await readFile(join(folder, 'minutes.md'), 'utf8'), /marketing budget/);
  return minutes;
}

const describe = ({ decisions, actionItems }: z.infer<typeof minutesSchema>) =>
  `minutes with ${decisions.length} decisions and ${actionItems.length} action items`;

async function lookAtPages({ gateway, s3, ui }: Installation['urls']): Promise<void> {
  const page = await fetch(`${gateway}/`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<script[^>]+type="module"/);
  assert.equal((await fetch(`${ui}/api/v1/namespaces/default`)).status, 200);
  const preflight = await fetch(`${s3}/hansard/any`, {
    method: 'OPTIONS',
    headers: { origin: 'https://minutes.example.org', 'access-control-request-method': 'PUT' },
  });
  assert.equal(preflight.status, 200);
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/);
}

/** The two halves of a recording, as files. */
async function halve(path: string, folder: string): Promise<readonly string[]> {
  const cut = async (name: string, ...where: readonly string[]) => {
    const half = join(folder, name);
    await runCommand('ffmpeg', ['-v', 'error', '-i', path, ...where, half]);
    return half;
  };
  return [await cut('half-1.flac', '-t', '60'), await cut('half-2.flac', '-ss', '60')];
}

const pendingSchema = z.object({
  pendingActivities: z
    .array(
      z.object({
        activityType: z.object({ name: z.string() }),
        state: z.string(),
        lastWorkerIdentity: z.string().optional(),
      }),
    )
    .default([]),
});

/** Kills, without a warning, a worker that is transcribing for the workflow, as Temporal knows it. Returns what it did. */
async function killBusyWorker(
  engine: Engine,
  { compose, containers }: Installation,
  workflowId: string,
): Promise<string> {
  const workers = (await containers()).filter(({ service }) => service === 'worker');
  assert.equal(workers.length, 2);
  for (let tries = 0; tries < 60; tries += 1) {
    const described = await compose(
      'run',
      '--rm',
      '--no-deps',
      '-T',
      'temporal-namespace',
      'temporal',
      'workflow',
      'describe',
      '--workflow-id',
      workflowId,
      '--output',
      'json',
    );
    const { pendingActivities } = pendingSchema.parse(JSON.parse(described));
    for (const { activityType, lastWorkerIdentity = '' } of pendingActivities) {
      // An identity is a process and its host, whose name is the beginning of the container's id.
      const busy = workers.find(({ id }) => lastWorkerIdentity.endsWith(`@${id.slice(0, 12)}`));
      if (busy === undefined || activityType.name !== 'transcribeChunk') continue;
      await engine.docker('kill', '--signal', 'KILL', busy.id);
      return `killed ${busy.facts.Name.slice(1)} in ${activityType.name}, one worker is left`;
    }
    await sleep(200);
  }
  throw new Error('no worker was found transcribing');
}
