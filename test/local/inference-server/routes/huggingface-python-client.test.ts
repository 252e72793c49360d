import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { parseLocalConfig } from '../../../../local/config.ts';
import { provideVirtualEnvironment } from '../../../../local/provision/python-venv.ts';
import { startServer, type RunningServer } from '../start-server.ts';

/* Hugging Face's own client for Python works with this server, as pip installs it. */

/** huggingface_hub names no versions of the two that it needs for vectors and pictures. */
const PACKAGES = ['huggingface_hub==2.4.0', 'numpy>=2,<3', 'pillow>=11,<14'];
const TOKEN = 'hf_secret';
const script = join(import.meta.dirname, 'huggingface_python_client.py');

let python: string;
let server: RunningServer;
beforeAll(async () => {
  const { home, overrides } = parseLocalConfig(process.env);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  [python, server] = await Promise.all([
    provideVirtualEnvironment(
      { home, overrides, environment: process.env, log },
      {
        folder: 'huggingface-client',
        packages: PACKAGES,
        purpose: 'Hugging Face’s client for Python',
        size: 'about 150 MB',
      },
    ),
    startServer('--scripted-transcriber', '--require-token', TOKEN, '--queue-delay-ms', '0'),
  ]);
}, 300_000);
afterAll(() => server.stop());

const text = expect.stringMatching(/boat|blue/) as string;
const speech = expect.stringMatching(/\w/) as string;
const of = (names: readonly string[], entry: (name: string) => Record<string, unknown>) =>
  Object.assign({}, ...names.map(entry)) as Record<string, unknown>;

const EXPECTED = {
  ...of(['auto', 'hf-inference', 'together', 'deepinfra', 'nscale'], (name) => ({
    [`chat ${name}`]: text,
    [`chat ${name} streamed`]: text,
    [`chat ${name} in a form`]: { summary: text },
  })),
  ...of(['hf-inference', 'fal-ai', 'replicate', 'deepinfra'], (name) => ({
    [`speech ${name}`]: speech,
    [`speech ${name} of a file`]: speech,
  })),
  ...of(['hf-inference', 'fal-ai', 'replicate', 'together', 'nscale'], (name) => ({
    [`picture ${name}`]: [128, 64],
  })),
  safety: ['normal', 'nsfw'],
  'safety of a file': ['normal', 'nsfw'],
  'safety, best label': ['normal'],
  labels: 'positive',
  summary: text,
  ...of(['hf-inference', 'together', 'deepinfra'], (name) => ({
    [`vectors ${name}`]: [2, 64],
    [`completion ${name}`]: text,
  })),
  'one vector': [64],
  'chat at an address': text,
  'chat at an address streamed': text,
  'completion by TGI': text,
  'completion by TGI streamed': text,
  'completion by TGI in detail': 'eos_token',
  'TGI is healthy': true,
  'TGI says its model': 'hansard/extractive-v1',
  'speech by the toolkit': speech,
  'picture by the toolkit': [128, 64],
  'safety by the toolkit': ['normal', 'nsfw'],
  'vectors by the toolkit': [2, 64],
  'a wrong token': { error: expect.stringContaining('401 Unauthorized') as string },
};

test('every call of the client is answered', { timeout: 120_000 }, async () => {
  // Nothing of this machine's own configuration of Hugging Face.
  const env = { PATH: process.env['PATH'] ?? '', HF_HUB_DISABLE_TELEMETRY: '1' };
  const { stdout } = await promisify(execFile)(python, [script, server.url, TOKEN], { env });
  expect(z.record(z.string(), z.unknown()).parse(JSON.parse(stdout))).toEqual(EXPECTED);
});
