import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLocalConfig } from '../../local/config.ts';
import { provideFfmpeg } from '../../local/provision/ffmpeg.ts';
import { provideLlamaRuntime } from '../../local/provision/llama-runtime.ts';
import { isAtLeast } from '../../local/provision/find-tool.ts';
import { partsToStart } from '../../local/provision/provision-all.ts';
import { withLock, type Provisioning } from '../../local/provision/provisioning.ts';
import { provideRedisServer } from '../../local/provision/redis-server.ts';
import { provideTemporalCli } from '../../local/provision/temporal-cli.ts';
import { provideVersitygw } from '../../local/provision/versitygw.ts';
import { STACK_PARTS } from '../../local/stack-facts.ts';

const CURRENT = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
const OLD = 'temporal version 0.11.0 (Server 1.22.4, UI 2.21.3)';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** An executable that says one thing. */
async function program(folder: string, name: string, says: string) {
  await mkdir(join(home, folder), { recursive: true });
  const path = join(home, folder, name);
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

function provisioning(
  given: Partial<Provisioning> = {},
): Provisioning & { readonly said: string[] } {
  const said: string[] = [];
  return {
    home,
    overrides: {},
    environment: { PATH: join(home, 'path') },
    log: (line) => said.push(line),
    ...given,
    said,
  };
}

test('the executable named by a variable is preferred to PATH and cache', async () => {
  const named = await program('elsewhere', 'temporal', CURRENT);
  await program('path', 'temporal', CURRENT);
  const found = await provideTemporalCli(provisioning({ overrides: { temporalCli: named } }));
  expect(found).toBe(named);
});

test('a variable that names an old executable is an error, not a silent second choice', async () => {
  const named = await program('elsewhere', 'temporal', OLD);
  await program('path', 'temporal', CURRENT);
  await expect(
    provideTemporalCli(provisioning({ overrides: { temporalCli: named } })),
  ).rejects.toThrow(/HANSARD_TEMPORAL_CLI=.*1\.22\.4, 1\.29\.1 or newer is needed/);
});

test('an old executable on PATH is skipped, with a log line, for the cached one', async () => {
  await program('path', 'temporal', OLD);
  const cached = await program('bin', 'temporal', CURRENT);
  const asked = provisioning();
  expect(await provideTemporalCli(asked)).toBe(cached);
  expect(asked.said.join()).toContain('is skipped: it is version 1.22.4');
});

test('a versitygw built by go install is recognized by the version that Go wrote into it', async () => {
  const named = await program('elsewhere', 'versitygw', 'Version  : git');
  const mark = (version: string) => `# mod\tgithub.com/versity/versitygw\tv${version}\th1:x\n`;
  const script = '#!/bin/sh\necho "Version  : git"\n';
  await writeFile(named, script + mark('1.8.0'));
  expect(await provideVersitygw(provisioning({ overrides: { versitygw: named } }))).toBe(named);
  await writeFile(named, script + mark('1.0.3'));
  await expect(provideVersitygw(provisioning({ overrides: { versitygw: named } }))).rejects.toThrow(
    /it is version 1\.0\.3, 1\.8\.0 or newer is needed/,
  );
});

test('a missing ffmpeg that cannot be installed is named with the command that installs it', async () => {
  // No apt-get on this PATH.
  await expect(provideFfmpeg(provisioning())).rejects.toThrow(/apt-get install ffmpeg/);
});

test('ffmpeg 4 is refused, a build from git is not', async () => {
  await program('path', 'ffmpeg', 'ffmpeg version 4.2.7-0ubuntu0.1');
  const ffprobe = await program('path', 'ffprobe', 'ffprobe version N-112345-gabc');
  const overrides = { ffmpeg: await program('elsewhere', 'ffmpeg', 'ffmpeg version n7.1') };
  await expect(provideFfmpeg(provisioning())).rejects.toThrow(/are missing/);
  expect(await provideFfmpeg(provisioning({ overrides }))).toEqual({
    ffmpeg: overrides.ffmpeg,
    ffprobe,
  });
});

test('a missing redis-server that cannot be installed is not an error', async () => {
  // No apt-get on this PATH.
  expect(await provideRedisServer(provisioning())).toBeNull();
});

test('redis-server 5 is skipped, with a log line, and refused where a variable names it', async () => {
  const old = await program('path', 'redis-server', 'Redis server v=5.0.14 sha=00000000:0');
  const asked = provisioning();
  expect(await provideRedisServer(asked)).toBeNull();
  expect(asked.said.join()).toContain('it is version 5, 6 or newer is needed');
  await expect(
    provideRedisServer(provisioning({ overrides: { redisServer: old } })),
  ).rejects.toThrow(/HANSARD_REDIS_SERVER=.*6 or newer/);
  const named = await program('elsewhere', 'redis-server', 'Redis server v=7.0.15 sha=00000000:0');
  expect(await provideRedisServer(provisioning({ overrides: { redisServer: named } }))).toBe(named);
});

test('without a redis-server the stack starts without Redis, and one log line explains it', async () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  expect(await partsToStart(STACK_PARTS, { redisServer: null }, log)).toEqual(
    STACK_PARTS.filter((part) => part !== 'redis'),
  );
  expect(said).toEqual([expect.stringMatching(/do not share gates.*apt-get install redis-server/)]);
});

test('nothing is logged when Redis is installed or not wanted', async () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  expect(await partsToStart(STACK_PARTS, { redisServer: '/usr/bin/redis-server' }, log)).toEqual(
    STACK_PARTS,
  );
  expect(await partsToStart(['s3'], { redisServer: null }, log)).toEqual(['s3']);
  expect(said).toEqual([]);
});

test('work under one lock never overlaps', async () => {
  const events: string[] = [];
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      events.push(`${name} begins`);
      setTimeout(() => resolve(void events.push(`${name} ends`)), 20);
    });
  const asked = provisioning();
  await Promise.all([withLock(asked, 'x', work('a')), withLock(asked, 'x', work('b'))]);
  expect(events[1]?.split(' ')[0]).toBe(events[0]?.split(' ')[0]);
  expect(events).toHaveLength(4);
  expect(asked.said).toEqual(['x: waiting for another process that is doing this']);
});

test.for([
  ['1.29.1', '1.29.1', true],
  ['1.30', '1.29.1', true],
  ['1.9.9', '1.29.1', false],
  ['3.11', '3.9', true],
] as const)('%s against %s is new enough: %s', ([version, wanted, expected]) => {
  expect(isAtLeast(version, wanted)).toBe(expected);
});

test('a wrong port names its variable, and an empty one means the default', () => {
  expect(() => parseLocalConfig({ HANSARD_PORT_S3: '70700' })).toThrow(/HANSARD_PORT_S3/);
  expect(parseLocalConfig({ HANSARD_PORT_S3: '' }).ports.s3).toBe(7070);
  expect(parseLocalConfig({ HANSARD_PORT_S3: '0' }).ports.s3).toBe(0);
});

test('the path of a language model is absolute, and an empty one means none', () => {
  expect(() => parseLocalConfig({ HANSARD_GGUF: 'model.gguf' })).toThrow(/HANSARD_GGUF/);
  expect(parseLocalConfig({ HANSARD_GGUF: '' }).gguf).toBeUndefined();
  expect(parseLocalConfig({ HANSARD_GGUF: '/m/a.gguf' }).gguf).toBe('/m/a.gguf');
});

test('a machine for which llama.cpp is not compiled is named', async () => {
  await expect(provideLlamaRuntime(provisioning(), 'sunos-sparc')).rejects.toThrow(
    'HANSARD_GGUF: llama.cpp is not compiled for sunos-sparc',
  );
});
