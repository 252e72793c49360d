import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { parseLocalConfig } from '../../../../local/config.ts';
import type { Transcriber } from '../../../../local/inference-server/models/transcriber.ts';
import { startWhisper } from '../../../../local/inference-server/models/whisper.ts';
import { provisionAll } from '../../../../local/provision/provision-all.ts';
import { sampleFlac } from '../start-server.ts';

// Seconds on an idle machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const clone = resolve(import.meta.dirname, '../../../..');
const script = join(clone, 'local/inference-server/models/transcriber.py');

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

test('a short audio overtakes a long one, whose answer is as if it were asked for alone', async () => {
  // What is longer than 30 s is encoded in two windows.
  const [long, short] = await Promise.all([sampleFlac(0, 34), sampleFlac(25.5, 4)]);
  const alone = await transcribe(long);
  const ended: string[] = [];
  const [together, other] = await Promise.all([
    transcribe(long).finally(() => ended.push('long')),
    transcribe(short).finally(() => ended.push('short')),
  ]);
  expect(ended).toEqual(['short', 'long']);
  expect(together).toEqual(alone);
  expect([together.durationSeconds, other.durationSeconds]).toEqual([34, 4]);
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

/** Both on parts of recordings: path, start and length in seconds. */
async function compared(...parts: readonly (readonly [string, number, number])[]) {
  const compare = join(import.meta.dirname, 'compare_with_faster_whisper.py');
  const words = [compare, script, modelFolder, ...parts.flat().map(String)];
  const env = { ...process.env, HF_HUB_OFFLINE: '1' };
  const { stdout } = await promisify(execFile)(python, words, { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => comparedSchema.parse(JSON.parse(line)));
}

test('gives what faster-whisper gives, and encodes for the language only where that is in doubt', async () => {
  const [sure, doubtful] = await compared(
    [join(clone, 'local/samples/planning-meeting.flac'), 10, 8],
    // Norwegian is nearly as likely as English, and likelier without the last frame.
    [join(clone, 'test/fixtures/conversations/meeting-b.opus'), 90, 5.2],
  );
  expect(sure?.plain).toMatchObject({ language: 'en', encodings: 2 });
  expect(sure?.ours).toEqual({ ...sure?.plain, encodings: 1 });
  // Which of them is likelier differs from one kind of processor to the other.
  expect(['en', 'no', 'nn']).toContain(doubtful?.plain.language);
  expect(doubtful?.plain.encodings).toBeGreaterThan(1);
  expect(doubtful?.ours).toEqual(doubtful?.plain);
});
