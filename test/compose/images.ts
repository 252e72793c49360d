import { access, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../local/provision/run-command.ts';
import type { Engine } from './engine.ts';
import { REPOSITORY } from './repository.ts';
import { provideParts } from './provide-parts.ts';
import { STAND_INS, type StandIn, type StandInParts } from './stand-ins.ts';

/** What all stand-ins are made from. */
const DEBIAN = 'hansard-stand-in/debian:bookworm';

/**
 * Pulls the images that `docker-compose.yml` and the `Dockerfile` pin. In an engine of our own, makes a stand-in for each that
 * cannot be pulled; another engine is not given false ones, and this throws.
 */
export async function provideOthers(engine: Engine, log: (line: string) => void): Promise<void> {
  const missing: StandIn[] = [];
  for (const standIn of STAND_INS) {
    if (await hasImage(engine, standIn.name)) continue;
    const pulled = await engine.docker('pull', standIn.name).then(
      () => true,
      () => false,
    );
    if (!pulled) missing.push(standIn);
  }
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  if (!engine.isOwn) throw new Error(`${names} cannot be pulled`);
  log('images cannot be pulled here: stand-ins are made');
  await makeDebian(engine, log);
  await makeMissing(engine, missing, await provideParts(log), log);
}

/** On Debian, which the engine has already. */
async function makeMissing(
  engine: Engine,
  missing: readonly StandIn[],
  parts: StandInParts,
  log: (line: string) => void,
): Promise<void> {
  for (const standIn of missing) {
    await build(engine, standIn, parts);
    log(`stand-in ${standIn.name}: ${standIn.what}`);
  }
}

/** Our images, from the real Dockerfile, under the names in docker-compose.yml. */
export async function buildOurs(engine: Engine, log: (line: string) => void): Promise<void> {
  const secrets = await certificates();
  for (const [target, name] of Object.entries(OURS)) {
    await engine.docker('build', '--target', target, '--tag', name, ...secrets, REPOSITORY);
    const bytes = await engine.docker('image', 'inspect', '--format', '{{.Size}}', name);
    log(`image ${name}: ${Math.round(Number(bytes) / 1e6)} MB`);
  }
}

const OURS = { hansard: 'hansard:0.1.0', 'local-ai': 'hansard-local-ai:0.1.0' };

const hasImage = (engine: Engine, name: string) =>
  engine.docker('image', 'inspect', name).then(
    () => true,
    () => false,
  );

/** Where a proxy signs TLS itself, this machine says so with one of these variables. */
async function certificates(): Promise<readonly string[]> {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, PIP_CERT } = process.env;
  const path = NODE_EXTRA_CA_CERTS ?? SSL_CERT_FILE ?? PIP_CERT;
  if (path === undefined || path === '') return [];
  await access(path);
  return ['--secret', `id=certificates,src=${path}`];
}

async function makeDebian(engine: Engine, log: (line: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-debian-'));
  try {
    const tar = join(folder, 'bookworm.tar');
    await runCommand('mmdebstrap', ['--variant=minbase', 'bookworm', tar], {
      progress: { what: 'mmdebstrap', log },
    });
    await engine.docker('import', tar, DEBIAN);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(engine: Engine, { name, files, dockerfile }: StandIn, parts: StandInParts) {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-stand-in-'));
  try {
    for (const [target, source] of Object.entries(await files(parts))) {
      await mkdir(dirname(join(folder, target)), { recursive: true });
      if ('text' in source) await writeFile(join(folder, target), source.text, { mode: 0o755 });
      else await cp(source.path, join(folder, target), { recursive: true, verbatimSymlinks: true });
    }
    await writeFile(join(folder, 'Dockerfile'), `FROM ${DEBIAN}\n${dockerfile}`);
    await engine.docker('build', '--tag', name, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
