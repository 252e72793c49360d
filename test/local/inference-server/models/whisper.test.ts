import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { parseLocalConfig } from '../../../../local/config.ts';
import type { Transcriber } from '../../../../local/inference-server/models/transcriber.ts';
import { startWhisper } from '../../../../local/inference-server/models/whisper.ts';
import { provisionAll } from '../../../../local/provision/provision-all.ts';
import { sampleFlac } from '../start-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const script = resolve(
  import.meta.dirname,
  '../../../../local/inference-server/models/transcriber.py',
);

let whisper: Transcriber;
let python: string;
let modelFolder: string;
beforeAll(async () => {
  const config = parseLocalConfig(process.env);
  const { speech } = await provisionAll(config, ['inference'], () => undefined);
  if (speech === null) throw new Error('faster-whisper is missing');
  ({ python, whisperModel: modelFolder } = speech);
  whisper = await startWhisper({ python, modelFolder });
});
afterAll(() => whisper.close());

const transcribe = (audio: Uint8Array) => whisper.transcribe({ audio, language: null });

/** Of this process, by Linux's process table. */
async function transcribers(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOurs = async (pid: number): Promise<boolean> => {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const [commandLine, status] = await Promise.all([read('cmdline'), read('status')]);
    return commandLine.includes(script) && status.includes(`\nPPid:\t${process.pid}\n`);
  };
  const ours = await Promise.all(pids.map(isOurs));
  return pids.filter((_pid, index) => ours[index]);
}

test('a short audio overtakes a long one, and each answer is as if it were asked for alone', async () => {
  const [long, short] = await Promise.all([sampleFlac(0, 20), sampleFlac(25.5, 4)]);
  const alone = [await transcribe(long), await transcribe(short)];
  const ended: string[] = [];
  const together = await Promise.all([
    transcribe(long).finally(() => ended.push('long')),
    transcribe(short).finally(() => ended.push('short')),
  ]);
  expect(ended).toEqual(['short', 'long']);
  expect(together).toEqual(alone);
  expect(alone.map(({ durationSeconds }) => durationSeconds)).toEqual([20, 4]);
});

test('a child that dies fails the calls that it had, and one other takes its place', async () => {
  const audio = await sampleFlac(25.5, 4);
  const had = Promise.allSettled([transcribe(audio), transcribe(audio), transcribe(audio)]);
  const [pid = 0] = await transcribers();
  process.kill(pid, 'SIGKILL');
  expect((await had).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  const [one, other] = await Promise.all([transcribe(audio), transcribe(audio)]);
  expect(one).toEqual(other);
  expect(await transcribers()).toHaveLength(1);
});

const transcribedSchema = z.object({
  language: z.string(),
  segments: z.array(z.tuple([z.number(), z.number(), z.string(), z.number()])),
  encodings: z.number(),
});
const comparedSchema = z.object({ ours: transcribedSchema, plain: transcribedSchema });

test('gives what faster-whisper gives, and does not encode for the language', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-whisper-'));
  try {
    // Whisper hears the last words in a window of their own.
    const path = join(folder, 'two-windows.flac');
    await writeFile(path, await sampleFlac(10, 34));
    const compare = join(import.meta.dirname, 'compare_with_faster_whisper.py');
    const words = [compare, script, modelFolder, path];
    const env = { ...process.env, HF_HUB_OFFLINE: '1' };
    const { stdout } = await promisify(execFile)(python, words, { env });
    const { ours, plain } = comparedSchema.parse(JSON.parse(stdout));
    expect(ours.segments.length).toBeGreaterThan(0);
    expect(ours).toEqual({ ...plain, encodings: 2 });
    expect(plain.encodings).toBe(3);
  } finally {
    await rm(folder, { recursive: true });
  }
});
