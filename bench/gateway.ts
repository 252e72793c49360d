import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createKey } from '../client/keys/manage-keys.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { migrate } from '../adapters/database/migrate.ts';
import { choosePort } from '../local/choose-port.ts';
import { parseLocalConfig } from '../local/config.ts';
import { onStack, type Environment } from './build-processes.ts';
import { loadAt } from './load-at.ts';
import { programsBelow, usedBetween } from './process-tree.ts';
import { quantile } from './quantile.ts';

/**
 * `npm run bench:gateway`: what the gateway adds to a call, beside Portkey's gateway, on a stub that answers after 60 ms.
 * Ours checks the key and the policy, writes the ledger, and finds nothing in the cache; Portkey's checks nothing. Then the
 * same for answers that ours has in its cache. Rounds alternate, so that what else the machine does falls on all. Exits 1
 * when a promise is broken.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
  },
});
const STUB_MS = 60;
const LOAD = { requestsPerSecond: 200, connections: 40, seconds: Number(values.seconds) };
/** What is promised. */
const MOST_OF_PORTKEY = 0.5;
const MOST_HIT_MS = 5;
const PORTKEY = '@portkey-ai/gateway@1.15.2';

await onStack(['postgres', 's3', 'redis'], async (environment) => {
  await using closing = new AsyncDisposableStack();
  const stub = await startStub(closing);
  const portkey = await startPortkey(closing, environment);
  const ours = await startGateway(closing, environment, stub);
  const question = (content: string) => ({
    messages: [{ role: 'user', content }],
    max_tokens: 100,
  });
  const anew = (model: string) => () =>
    JSON.stringify({ model, ...question(`Question ${randomUUID()}`) });
  const again = JSON.stringify({ model: 'generate', ...question('The same question') });
  const targets = {
    'stub alone': { url: `${stub}/v1/chat/completions`, headers: {}, body: anew('stub/model') },
    portkey: {
      url: `${portkey}/v1/chat/completions`,
      headers: {
        authorization: 'Bearer none',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${stub}/v1`,
      },
      body: anew('stub/model'),
    },
    'hansard, cache miss': {
      url: `${ours.url}/v1/chat/completions`,
      headers: { authorization: `Bearer ${ours.key}` },
      body: anew('generate'),
    },
    'hansard, cache hit': {
      url: `${ours.url}/v1/chat/completions`,
      headers: { authorization: `Bearer ${ours.key}` },
      body: () => again,
    },
  };
  type Name = keyof typeof targets;
  const names = Object.keys(targets) as Name[];
  const measured = new Map<Name, number[]>(names.map((name) => [name, []]));
  const used = new Map<Name, Map<string, number>>(names.map((name) => [name, new Map()]));
  // What is compiled and connected first is not measured.
  for (const name of names) await loadAt(targets[name], { ...LOAD, seconds: 3 });
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const before = await programsBelow(process.pid);
      measured.get(name)?.push(...(await loadAt(targets[name], LOAD)));
      for (const [program, seconds] of usedBetween(before, await programsBelow(process.pid))) {
        used.get(name)?.set(program, (used.get(name)?.get(program) ?? 0) + seconds);
      }
    }
  }
  const at = (name: Name, part: number) => quantile(measured.get(name) ?? [], part);
  const [base, theirs] = [at('stub alone', 0.99), at('portkey', 0.99)];
  const [miss, hit] = [at('hansard, cache miss', 0.99), at('hansard, cache hit', 0.99)];
  console.log(
    `${LOAD.requestsPerSecond} requests a second over ${LOAD.connections} connections, ${STUB_MS} ms stub, ${values.rounds} rounds of ${LOAD.seconds} s`,
  );
  for (const name of names) {
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((part) => at(name, part).toFixed(1));
    console.log(`${name.padEnd(20)} p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms`);
    console.log(`  processor, ms a request: ${perRequest(used.get(name), measured.get(name))}`);
  }
  const share = (miss - base) / (theirs - base);
  report(
    `added p99: ${(miss - base).toFixed(1)} ms, and Portkey's ${(theirs - base).toFixed(1)} ms: ${share.toFixed(2)} of it (promised: at most ${MOST_OF_PORTKEY})`,
    miss - base <= MOST_OF_PORTKEY * (theirs - base),
  );
  report(`cache hit p99: ${hit.toFixed(1)} ms (promised: below ${MOST_HIT_MS})`, hit < MOST_HIT_MS);
});

/** Of each program that took at least a hundredth of a millisecond. */
function perRequest(
  used: ReadonlyMap<string, number> = new Map(),
  times: readonly number[] = [],
): string {
  return [...used]
    .map(([program, seconds]): [string, number] => [program, (seconds * 1_000) / times.length])
    .filter(([, milliseconds]) => milliseconds >= 0.01)
    .toSorted((one, other) => other[1] - one[1])
    .map(([program, milliseconds]) => `${program} ${milliseconds.toFixed(2)}`)
    .join(', ');
}

function report(line: string, isKept: boolean): void {
  console.log(`${isKept ? 'kept' : 'BROKEN'}: ${line}`);
  if (!isKept) process.exitCode = 1;
}

async function startStub(closing: AsyncDisposableStack): Promise<string> {
  const script = join(import.meta.dirname, 'stub-server.ts');
  const child = spawn(process.execPath, [script, String(STUB_MS)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  endWith(closing, child);
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return `http://127.0.0.1:${port}`;
}

/** Installs it once, in a folder of its own below HANSARD_HOME. */
async function startPortkey(
  closing: AsyncDisposableStack,
  environment: Environment,
): Promise<string> {
  const folder = join(parseLocalConfig(process.env).home, 'bench', PORTKEY.replaceAll(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const install = spawn('npm', ['install', '--no-audit', '--no-fund', '--silent', PORTKEY], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(install, 'close')) as [number | null];
  if (code !== 0) throw new Error(`npm install ${PORTKEY} ended with ${code}`);
  const port = await choosePort();
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], {
    cwd: folder,
    env: { ...environment, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWith(closing, child);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, child);
  return url;
}

async function startGateway(
  closing: AsyncDisposableStack,
  environment: Environment,
  stub: string,
): Promise<{ readonly url: string; readonly key: string }> {
  const home = environment['HANSARD_HOME'] ?? '';
  const configuration = join(home, 'bench', 'gateway.yaml');
  await writeFile(
    configuration,
    `roles: { generate: [{ name: stub, contract: openai, url: "${stub}", model: stub/model, concurrency: 200 }] }\n`,
  );
  const services = createServiceConnections(environment);
  closing.defer(() => services.close());
  await migrate(await services.database());
  const { key } = await createKey(services.apiKeys, 'default', {
    name: 'bench',
    role: 'submitter',
  });
  const port = await choosePort();
  const child = spawn(process.execPath, ['client/gateway/main.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...environment,
      NODE_ENV: 'production',
      HANSARD_CONFIG: configuration,
      HANSARD_PORT_GATEWAY: String(port),
      HANSARD_GATEWAY_RATE: '1000000',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWith(closing, child);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/healthz`, child);
  return { url, key };
}

function endWith(closing: AsyncDisposableStack, child: ChildProcess): void {
  const ended = once(child, 'close');
  closing.defer(async () => {
    child.kill('SIGTERM');
    await ended;
  });
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`a gateway ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer !== null) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}
