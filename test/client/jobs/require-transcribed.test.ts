import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireTranscribed } from '../../../client/jobs/require-transcribed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-languages-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Asks with a configuration that transcribes with these models. */
async function ask(language: string | null, models: readonly string[]): Promise<void> {
  const transcribe = models.map((model, index) => ({
    name: `whisper-${index + 1}`,
    contract: 'hf-task',
    model,
  }));
  await writeFile(join(folder, 'hansard.yaml'), JSON.stringify({ roles: { transcribe } }));
  const env = { HANSARD_CONFIG: 'hansard.yaml', HF_TOKEN: 'hf_test' };
  await requireTranscribed(language, env, folder);
}

test('a language that no transcribing target knows is refused, with the targets and what to do', async () => {
  await expect(
    ask('de', ['openai/whisper-small.en', 'distil-whisper/distil-large-v3.5']),
  ).rejects.toThrow(
    '--language de: no transcribing target knows German; these know English only: whisper-1 (openai/whisper-small.en), ' +
      'whisper-2 (distil-whisper/distil-large-v3.5). Add a target with a multilingual model to ' +
      'hansard.yaml, such as openai/whisper-large-v3-turbo',
  );
});

test.each([
  ['a target of the chain knows it', 'de', ['openai/whisper-small.en', 'openai/whisper-large-v3']],
  ['it is English', 'en', ['openai/whisper-small.en']],
  ['it is detected', null, ['openai/whisper-small.en']],
  ['nobody says which targets there are', 'de', []],
])('a language is taken where %s', async (_why, language, models) => {
  await expect(ask(language, models)).resolves.toBeUndefined();
});

test('a configuration that cannot be read refuses no language', async () => {
  const env = { HANSARD_CONFIG: 'missing.yaml' };
  await expect(requireTranscribed('de', env, folder)).resolves.toBeUndefined();
});
