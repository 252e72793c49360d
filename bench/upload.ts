import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { z } from 'zod';
import { onStack, runCommand, startCommand, withGateway } from './build-processes.ts';
import { mostMemory } from './most-memory.ts';
import { sendByPage } from './send-by-page.ts';
import { judgeGrowth, watchMemory, type MemorySample } from './watch-memory.ts';

/**
 * `npm run bench:upload [-- --megabytes 300]`: sends a recording to the gateway, by `submit` of another machine, and by the
 * page in Chromium. Prints what gateway, command and tab have in memory when a tenth, a half and all of it is sent. Exits 1
 * when one needs more than promised, or more the more is sent.
 */
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '4000' } } });

/** Whatever the size of the recording, of the gateway and of the command, in MiB. */
const PROMISED = 400;

const clone = dirname(import.meta.dirname);
const bytes = Number(values.megabytes) * 1e6;
const folder = await mkdtemp(join(tmpdir(), 'hansard-upload-'));
try {
  await build({ configFile: join(clone, 'client/web/vite.config.ts'), logLevel: 'silent' });
  const file = join(folder, 'recording.wav');
  await pipeline(Readable.from(noise(bytes)), createWriteStream(file));
  await onStack(['temporal', 's3', 'postgres'], async (stack) => {
    await runCommand(clone, ['migrate'], stack);
    const printed = await runCommand(
      clone,
      ['keys', 'create', 'bench', '--role', 'submitter'],
      stack,
    );
    const key = printed.trim();
    await withGateway(stack, async ({ pid: gateway = 0 }, url) => {
      const known: string[] = [];
      const ready = await mostMemory(gateway);
      console.log(`gateway: ${Math.round(ready)} MiB when it is ready`);

      const begun = performance.now();
      const command = startCommand(clone, ['submit', file], {
        ...stack,
        HANSARD_URL: url,
        HANSARD_KEY: key,
      });
      let code: number | null | undefined;
      void command.ended.then((ended) => (code = ended));
      let most = 0;
      const byCommand = await watchMemory(
        () => shareSent(url, key, known),
        async () => {
          most = Math.max(most, await mostMemory(command.pid).catch(() => 0));
          return { gateway: [gateway], command: [command.pid] };
        },
        () => code !== undefined,
      );
      if (code !== 0) throw new Error(`submit ended with ${code}`);
      const seconds = (performance.now() - begun) / 1_000;
      const gatewayMost = await mostMemory(gateway);
      console.log(
        `submit: ${values.megabytes} MB sent and a job made in ${seconds.toFixed(0)} s; at most ` +
          `${Math.round(gatewayMost)} MiB of the gateway, ${Math.round(most)} of the command`,
      );
      // The gateway reads the file back for the job: that is not sending.
      report(sending(byCommand), ['gateway', 'command']);
      promise(`${PROMISED} MiB each`, Math.max(gatewayMost, most) <= PROMISED);

      known.push(...(await uploadIds(url, key)));
      await using page = await sendByPage(url, key, file);
      let share = 0;
      const byPage = await watchMemory(
        async () => (share = await shareSent(url, key, known)),
        async () => ({ gateway: [gateway], ...(await page.processes()) }),
        () => share === 1,
      );
      console.log(`page: ${values.megabytes} MB sent`);
      report(sending(byPage), ['gateway', 'tab', 'browser']);
    });
  });
} finally {
  await rm(folder, { recursive: true });
}

/** From the first part to the last. */
function sending(samples: readonly MemorySample[]): readonly MemorySample[] {
  const end = samples.findIndex(({ share }) => share === 1);
  return samples.slice(0, end === -1 ? undefined : end + 1);
}

function report(samples: readonly MemorySample[], names: readonly string[]): void {
  for (const name of names) {
    const { line, isFlat } = judgeGrowth(samples, name);
    console.log(line);
    promise('no more the more is sent', isFlat);
  }
}

function promise(what: string, isKept: boolean): void {
  console.log(`  promised ${what}: ${isKept ? 'kept' : 'MISSED'}`);
  if (!isKept) process.exitCode = 1;
}

async function uploadIds(url: string, key: string): Promise<string[]> {
  const listed = z.object({ uploads: z.array(z.object({ id: z.string() })) });
  return listed.parse(await ask(url, key, '/api/uploads')).uploads.map(({ id }) => id);
}

/** Of the upload that was not known before, 0 to 1; 0 also once a job was made of it. */
async function shareSent(url: string, key: string, known: readonly string[]): Promise<number> {
  const id = (await uploadIds(url, key)).find((one) => !known.includes(one));
  if (id === undefined) return 0;
  const read = z.object({ received: z.array(z.int()), parts: z.int() });
  // Its row is there before the store knows of it.
  const answer = await ask(url, key, `/api/uploads/${id}`).catch(() => null);
  if (answer === null) return 0;
  const { received, parts } = read.parse(answer);
  return received.length / parts;
}

async function ask(url: string, key: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
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
