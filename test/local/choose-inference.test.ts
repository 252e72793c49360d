import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadInferenceConfiguration } from '../../adapters/inference/targets/load-configuration.ts';
import { chooseInference } from '../../local/choose-inference.ts';
import { withServer } from '../adapters/inference/with-server.ts';
import { testStack } from '../support/stack.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inference-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('hf starts no inference server and keeps the addresses and tokens that the user set', async () => {
  const environment = {
    HF_TOKEN: 'hf_x',
    HF_ROUTER_URL: 'http://127.0.0.1:9',
    HANSARD_CONFIG: 'y',
  };
  const choice = await chooseInference('hf', directory, environment);
  expect(choice.parts).toEqual(['temporal', 's3', 'postgres', 'redis']);
  expect(choice.environment).toEqual({ HF_TOKEN: 'hf_x', HF_ROUTER_URL: 'http://127.0.0.1:9' });
});

test('hf without a token is refused before anything starts', async () => {
  await expect(chooseInference('hf', directory, {})).rejects.toThrow(/needs HF_TOKEN/);
});

test('a URL replaces the extractive rules with the chat model that is served there', async () => {
  const { url } = testStack().inference;
  const choice = await chooseInference(`${url}/v1/`, directory, {});
  const path = choice.environment['HANSARD_CONFIG'] ?? '';
  const { roles } = loadInferenceConfiguration({
    path,
    text: await readFile(path, 'utf8'),
    env: { HF_ROUTER_URL: url, HF_TOKEN: 'hf_x' },
  });
  expect(roles.summarize).toMatchObject([
    { contract: 'openai', baseUrl: url, model: 'hansard/extractive-v1' },
  ]);
  expect(roles.transcribe).toMatchObject([{ name: 'whisper-base' }]);
});

test.each([
  ['vLLM', { max_model_len: 32_768 }, 32_768],
  ['llama-server', { meta: { n_ctx: 16_384, n_ctx_train: 131_072 } }, 16_384],
  ['a server that tells neither', { meta: { n_ctx_train: 131_072 } }, 8192],
  ['a server with other metadata', { meta: 'x' }, 8192],
])('the context of the model is read from the list of %s', async (_, facts, contextTokens) => {
  const list = JSON.stringify({ object: 'list', data: [{ id: 'a/model', ...facts }] });
  await withServer(
    (_request, response) => response.end(list),
    async (url) => {
      const choice = await chooseInference(url, directory, {});
      const path = choice.environment['HANSARD_CONFIG'] ?? '';
      expect(await readFile(path, 'utf8')).toContain(`contextTokens: ${contextTokens}\n`);
    },
  );
});

test('a GGUF file summarises, and the extractive rules where it fails', async () => {
  const gguf = join(directory, 'Small.Q4.gguf');
  await writeFile(gguf, 'GGUF and the rest');
  const choice = await chooseInference(undefined, directory, {}, gguf);
  expect(choice).toMatchObject({ gguf, parts: expect.arrayContaining(['inference']) });
  const path = choice.environment['HANSARD_CONFIG'] ?? '';
  const env = { HF_ROUTER_URL: 'http://127.0.0.1:9', HF_TOKEN: 'hf_x' };
  const { roles } = loadInferenceConfiguration({ path, text: await readFile(path, 'utf8'), env });
  expect(roles.summarize).toMatchObject([
    { contract: 'openai', baseUrl: 'http://127.0.0.1:9', model: 'gguf/Small.Q4', concurrency: 1 },
    { name: 'extractive-v1' },
  ]);
  expect(roles.transcribe).toMatchObject([{ name: 'whisper-base' }]);
});

test('an option of the command line wins over a GGUF file', async () => {
  const environment = { HF_TOKEN: 'hf_x' };
  expect((await chooseInference('hf', directory, environment, '/m/a.gguf')).gguf).toBeNull();
});

test.each([
  ['missing.gguf', null, 'ENOENT'],
  ['other.gguf', 'PK\u0003\u0004', 'it is not a GGUF file'],
  ['empty.gguf', '', 'it is not a GGUF file'],
  ['.', null, 'it is not a file'],
])('%s cannot be the language model', async (name, content, message) => {
  const path = join(directory, name);
  if (content !== null) await writeFile(path, content);
  await expect(chooseInference(undefined, directory, {}, path)).rejects.toThrow(
    `HANSARD_GGUF=${path} cannot be used: ${message}`,
  );
});

test('the local configuration has one target for each of seven roles, six of them at the router', async () => {
  const path = join(import.meta.dirname, '..', '..', 'local', 'hansard.yaml');
  const env = {
    HF_ROUTER_URL: 'http://127.0.0.1:9',
    HF_TOKEN: 'hf_x',
    DIARIZE_URL: 'http://127.0.0.1:9/toolkit/hansard/speakers-v1',
  };
  const text = await readFile(path, 'utf8');
  const { roles, skipped } = loadInferenceConfiguration({ path, text, env });
  expect(skipped).toEqual([]);
  expect(Object.values(roles).flat()).toHaveLength(7);
  expect(roles.transcribe).toMatchObject([{ audioSeconds: 28, coldStart: true }]);
});

test('a URL without a server and an unknown word are refused', async () => {
  await expect(chooseInference('http://127.0.0.1:9', directory, {})).rejects.toThrow(
    'GET http://127.0.0.1:9/v1/models returned no model',
  );
  await expect(chooseInference('openai', directory, {})).rejects.toThrow('takes hf or a URL');
});
