import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { onStack, runCommand, withGateway, type Environment } from './build-processes.ts';
import { mostMemory } from './most-memory.ts';

/**
 * `npm run bench:upload [-- --megabytes 300]`: sends a recording to the gateway in parts and has a job made of it. Prints how
 * long that took, and the most memory of the gateway and of the client. Exits 1 when one needs more than promised.
 */
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '4000' } } });

/** Whatever the size of the recording, in MiB. */
const PROMISED = 400;

const build = dirname(import.meta.dirname);
const bytes = Number(values.megabytes) * 1e6;
const folder = await mkdtemp(join(tmpdir(), 'hansard-upload-'));
try {
  const file = join(folder, 'recording.wav');
  await pipeline(Readable.from(noise(bytes)), createWriteStream(file));
  await onStack(['temporal', 's3', 'postgres'], async (stack) => {
    await runCommand(build, ['migrate'], stack);
    const key = await runCommand(build, ['keys', 'create', 'bench', '--role', 'submitter'], stack);
    await withGateway(stack, async ({ pid = 0 }, url) => {
      const ready = await mostMemory(pid);
      const client = await send(url, key.trim(), file, stack);
      const sent = await mostMemory(pid);
      const begun = performance.now();
      await makeJob(url, key.trim(), client.id);
      const seconds = (performance.now() - begun) / 1000;
      const most = await mostMemory(pid);
      console.log(
        `${values.megabytes} MB: sent in ${client.seconds.toFixed(1)} s, a job made of it in ${seconds.toFixed(1)} s\n` +
          `gateway: ${Math.round(ready)} MiB when it is ready, at most ${Math.round(sent)} until all was sent, ${Math.round(most)} until the job was made\n` +
          `client: at most ${Math.round(client.mebibytes)} MiB`,
      );
      const kept = Math.max(most, client.mebibytes) <= PROMISED;
      console.log(`promised ${PROMISED} MiB each: ${kept ? 'kept' : 'MISSED'}`);
      if (!kept) process.exitCode = 1;
    });
  });
} finally {
  await rm(folder, { recursive: true });
}

/** In a process of its own, or its memory would be that of this one. */
async function send(url: string, key: string, file: string, env: Environment) {
  const words = ['bench/upload-client.ts', '--url', url, '--key', key, '--file', file];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: build, env });
  return z
    .object({ id: z.string(), seconds: z.number(), mebibytes: z.number() })
    .parse(JSON.parse(stdout));
}

async function makeJob(url: string, key: string, upload: string): Promise<void> {
  const response = await fetch(`${url}/api/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ upload }),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`POST /api/jobs: ${response.status} ${text}`);
}

/** WAV of 48 kHz in stereo: 4 GB last less than six hours. */
function* noise(total: number): Generator<Buffer> {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(total - 8, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(192_000, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(total - 44, 40);
  yield head;
  const block = randomBytes(1_000_003);
  for (let left = total - 44; left > 0; left -= block.length) yield block.subarray(0, left);
}
