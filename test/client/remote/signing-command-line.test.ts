import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { createOutput } from '../../../client/cli/output.ts';
import { runCommand } from '../../../client/cli/run-command-line.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { testGateway } from '../gateway/test-gateway.ts';
import { testStack } from '../../support/stack.ts';

/** The command line makes keys that sign, and signs with them through a gateway that listens. */

let gateway: Awaited<ReturnType<typeof testGateway>>;
let url: string;
let folder: string;
beforeAll(async () => {
  const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 1 });
  await migrate(db);
  await db.destroy();
  gateway = await testGateway();
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'hansard-signing-'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(env: Readonly<Record<string, string>>, ...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const code = await runCommand(args, {
    env: { ...env, INIT_CWD: folder },
    output: createOutput(
      { write: (text) => (stdout += text) },
      { write: (text) => (stderr += text) },
    ),
    signal: new AbortController().signal,
  });
  return { code, stdout, stderr };
}

/** Where the services are. */
const direct = async (tenant: string, ...args: string[]) =>
  await run({ ...testStack().env, HANSARD_TENANT: tenant }, ...args);

const signingAs = (id: string, file: string) => ({
  HANSARD_URL: url,
  HANSARD_KEY: id,
  HANSARD_SIGNING_KEY_FILE: file,
});

const modeOf = async (file: string) => (await stat(join(folder, file))).mode & 0o777;

test.each(['ed25519', 'hmac-sha256'])(
  'keys create --sign %s writes what signs, for its owner only, and it opens the gateway without the key',
  async (algorithm) => {
    const [tenant, file] = [freshTenant(), `${algorithm}.key`];
    const options = ['--json', '--sign', algorithm, '--signing-key-file', file];
    const made = await direct(tenant, 'keys', 'create', 'signs', '--role', 'admin', ...options);
    const { id, key, ...shown } = JSON.parse(made.stdout);
    expect([made.code, shown.signature, await modeOf(file)]).toEqual([0, 'required', 0o600]);
    const secret = (await readFile(join(folder, file), 'utf8')).trim();
    expect(made.stdout + made.stderr).not.toContain(secret.split('\n').at(-2) ?? secret);
    expect(made.stdout).not.toContain('signingSecret');

    const byKey = await run({ HANSARD_URL: url, HANSARD_KEY: key }, 'keys', 'list');
    expect(byKey).toMatchObject({ code: 4, stderr: expect.stringContaining('have to be signed') });
    const listed = await run(signingAs(id, file), 'keys', 'list');
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/required +never/) });

    // A body of JSON, through the gateway, with a whole key of which nothing but the id is used.
    const next = `${algorithm}.next`;
    const replaced = ['--sign', 'ed25519', '--signing-key-file', next, '--keep', '0'];
    const rotated = await run(signingAs(key, file), 'keys', 'rotate-signature', id, ...replaced);
    expect(rotated).toMatchObject({ code: 0, stdout: expect.stringContaining('ends at') });
    expect(await run(signingAs(id, file), 'keys', 'list')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/HANSARD_SIGNING_KEY_FILE: no live signing key/),
    });
    const optional = await run(signingAs(id, next), 'keys', 'signature', id, 'optional');
    expect(optional.stdout).toBe(`signatures of key ${id} are optional\n`);
    expect((await run({ HANSARD_URL: url, HANSARD_KEY: key }, 'keys', 'list')).code).toBe(0);
    expect(gateway.logged()).not.toContain(secret);
  },
);

test('a file is submitted with a signature over its bytes', async () => {
  const tenant = freshTenant();
  const options = ['--sign', 'ed25519', '--signing-key-file', 'submits.pem', '--json'];
  const made = await direct(tenant, 'keys', 'create', 'submits', '--role', 'submitter', ...options);
  const { id } = JSON.parse(made.stdout);
  await writeFile(join(folder, 'talk.txt'), 'Anna: We begin on Monday.\n');
  const submitted = await run(signingAs(id, 'submits.pem'), 'submit', 'talk.txt', '--json');
  expect(submitted).toMatchObject({ code: 0 });
  expect(JSON.parse(submitted.stdout)).toMatchObject({ reused: false });
});

test('a signing key is never written over a file, and none is left where no key was made', async () => {
  await writeFile(join(folder, 'mine.txt'), 'mine');
  const create = async (...options: string[]) =>
    await direct(freshTenant(), 'keys', 'create', 'a', '--role', 'viewer', ...options);
  expect(await create('--sign', 'ed25519', '--signing-key-file', 'mine.txt')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is there already'),
  });
  expect(await readFile(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  expect(await create('--sign', 'rsa', '--signing-key-file', 'new.pem')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('one of ed25519, hmac-sha256'),
  });
  await expect(stat(join(folder, 'new.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await create('--sign', 'ed25519')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--signing-key-file'),
  });
});

test.each([
  ['absent.pem', /cannot be read \(ENOENT\)/],
  ['mine.txt', /has neither a private key of Ed25519 as PEM nor a secret/],
])('%s signs nothing, and nothing of it is told', async (file, message) => {
  await writeFile(join(folder, 'mine.txt'), 'mine');
  const asked = await run(signingAs('0'.repeat(20), file), 'list');
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test.each(['signed-requests.md', 'signed-requests.zh-CN.md'])(
  'the program in %s signs a request that the gateway takes',
  async (page) => {
    const tenant = freshTenant();
    const file = `${page}.pem`;
    const options = ['--sign', 'ed25519', '--signing-key-file', file, '--json'];
    const made = await direct(tenant, 'keys', 'create', 'signs', '--role', 'admin', ...options);
    const { id } = JSON.parse(made.stdout);
    const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
    const program = /^```js\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program],
      { env: { ...signingAs(id, file) }, cwd: folder },
    );
    expect(stdout).toMatch(/^201 \{/);
    expect(stdout).toContain("name: 'reports'");
  },
);
