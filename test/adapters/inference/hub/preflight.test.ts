import { describe, expect, test } from 'vitest';
import type { ContractName } from '../../../../adapters/inference/protocols/contract-table.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { createModelFacts } from '../../../../adapters/inference/hub/model-facts.ts';
import {
  preflight,
  whatIsNotLive,
  type PreflightFinding,
} from '../../../../adapters/inference/hub/preflight.ts';
import { aTarget } from '../a-target.ts';
import { withHub } from './a-hub.ts';

/** The findings of chains with these targets; each calls the router unless it says otherwise. */
async function findings(
  answers: Record<string, unknown>,
  targets: readonly Partial<Target>[],
): Promise<readonly PreflightFinding[]> {
  return await withHub(answers, async ({ services, exchange }) => {
    const all = targets.map((change, n) =>
      aTarget({ name: `t${n}`, baseUrl: services.routerUrl, ...change }),
    );
    const of = (role: Role) => all.filter((target) => target.role === role);
    const roles = {
      transcribe: of('transcribe'),
      diarize: of('diarize'),
      summarize: of('summarize'),
      illustrate: of('illustrate'),
      moderate: of('moderate'),
      classify: of('classify'),
      generate: of('generate'),
      embed: of('embed'),
    };
    return await preflight({ roles, services }, createModelFacts(services, exchange));
  });
}

const mapping = (entries: Record<string, unknown>) => ({
  '/api/models/a/model': { inferenceProviderMapping: entries },
});
const entry = (task: string, status = 'live') => ({ status, providerId: 'x', task });

describe.each<[ContractName, string]>([
  ['hf-task', 'hf-inference'],
  ['fal', 'fal-ai'],
  ['replicate', 'replicate'],
  ['together', 'together'],
  ['deepinfra', 'deepinfra'],
  ['nscale', 'nscale'],
])('%s', (contract, provider) => {
  const target = { contract, model: 'a/model', role: 'illustrate' } as const;

  test(`is looked up as ${provider}`, async () => {
    const answers = mapping({ other: entry('x', 'error'), [provider]: entry('text-to-image') });
    expect(await findings(answers, [target])).toEqual([
      {
        role: 'illustrate',
        target: 't0',
        provider,
        mapping: 'live',
        taskMatches: true,
        price: null,
        contextTokens: null,
      },
    ]);
  });

  test('is not live if only another provider serves it', async () => {
    const answers = mapping({ other: entry('text-to-image') });
    expect(await findings(answers, [target])).toMatchObject([{ mapping: 'absent' }]);
  });
});

test.each(['staging', 'error'])('the state %s is reported', async (status) => {
  const answers = mapping({ 'hf-inference': entry('automatic-speech-recognition', status) });
  const [finding] = await findings(answers, [{ model: 'a/model' }]);
  expect(finding).toMatchObject({ mapping: status });
  expect(finding && whatIsNotLive(finding)).toContain(status);
});

test('a task that does not fit the role is reported', async () => {
  const answers = mapping({ 'hf-inference': entry('text-to-image') });
  const [finding] = await findings(answers, [{ model: 'a/model' }]);
  expect(finding).toMatchObject({ mapping: 'live', taskMatches: false });
  expect(finding && whatIsNotLive(finding)).toMatch(/another task/);
});

test('hf-task needs the summarization task, the others a chat task', async () => {
  const answers = mapping({
    'hf-inference': entry('summarization'),
    together: entry('conversational'),
    deepinfra: entry('summarization'),
  });
  const target = { model: 'a/model', role: 'summarize' } as const;
  const found = await findings(answers, [
    { ...target, contract: 'hf-task' },
    { ...target, contract: 'together' },
    { ...target, contract: 'deepinfra' },
  ]);
  expect(found.map(({ taskMatches }) => taskMatches)).toEqual([true, true, false]);
});

test("users' own servers are left out, whatever contract they speak", async () => {
  const found = await findings({}, [
    { contract: 'openai' },
    { contract: 'tgi' },
    { contract: 'together', baseUrl: 'https://api.together.example' },
    { contract: 'hf-chat', role: 'summarize', model: 'a/model' },
  ]);
  expect(found.map(({ target, mapping: said }) => [target, said])).toEqual([['t3', 'absent']]);
});

test('a model name that the hub does not have is unknown; for hf-task it is absent', async () => {
  const found = await findings({}, [
    { contract: 'fal', role: 'illustrate', model: 'fal-ai/flux/dev' },
    { contract: 'replicate', model: 'openai/whisper:8099696689d249cf8b122d833c36ac3f' },
    { contract: 'deepinfra', model: 'openai/whisper' },
    { contract: 'hf-task', model: 'openai/whisper' },
  ]);
  const said = Object.fromEntries(found.map(({ target, mapping: state }) => [target, state]));
  expect(said).toEqual({ t0: 'unknown', t1: 'unknown', t2: 'unknown', t3: 'absent' });
});

test('a hub that is out of order makes everything unknown, and nothing fails', async () => {
  const [finding] = await findings({ '/api/models/a/model': 'hello' }, [{ model: 'a/model' }]);
  expect(finding).toMatchObject({ mapping: 'unknown', taskMatches: null });
  expect(finding && whatIsNotLive(finding)).toMatch(/did not tell/);
});

describe('hf-chat', () => {
  const provider = (name: string, change: object = {}) => ({
    provider: name,
    status: 'live',
    context_length: 100_000,
    pricing: { input: 1, output: 2 },
    ...change,
  });
  const chat = async (model: string, ...providers: object[]) => {
    const answers = { '/v1/models/a/model': { id: 'a/model', providers } };
    const [finding] = await findings(answers, [{ contract: 'hf-chat', role: 'summarize', model }]);
    return finding;
  };
  const price = (inputPerMillion: number, outputPerMillion: number) => ({
    inputPerMillion,
    outputPerMillion,
    perAudioMinute: null,
    perImage: null,
    perComputeSecond: null,
  });

  test('is live with any live provider; the highest price and the smallest context are used', async () => {
    const small = provider('b', { context_length: 32_000, pricing: { input: 3, output: 1 } });
    const off = provider('c', { status: 'error', context_length: 1, pricing: undefined });
    const finding = await chat('a/model', provider('a'), small, off);
    expect(finding).toMatchObject({
      provider: null,
      mapping: 'live',
      taskMatches: true,
      price: price(3, 2),
      contextTokens: 32_000,
    });
    expect(finding && whatIsNotLive(finding)).toBeNull();
  });

  test('has no known price if one possible provider gives none', async () => {
    const silent = provider('b', { pricing: undefined });
    expect(await chat('a/model:fastest', provider('a'), silent)).toMatchObject({ price: null });
  });

  test(':cheapest costs the least for an answer', async () => {
    const cheap = provider('b', { pricing: { input: 9, output: 1 } });
    expect(await chat('a/model:cheapest', provider('a'), cheap)).toMatchObject({
      provider: null,
      price: price(9, 1),
    });
  });

  test('a suffix that names a provider selects only that one', async () => {
    const off = provider('b', { status: 'error' });
    expect(await chat('a/model:a', provider('a'), off)).toMatchObject({
      provider: 'a',
      mapping: 'live',
      price: price(1, 2),
    });
    expect(await chat('a/model:b', provider('a'), off)).toMatchObject({
      provider: 'b',
      mapping: 'error',
      price: null,
    });
    expect(await chat('a/model:c', provider('a'), off)).toMatchObject({
      provider: 'c',
      mapping: 'absent',
      taskMatches: null,
    });
  });

  test('without a live provider is in error; unknown to the router it is absent', async () => {
    const off = provider('a', { status: 'error' });
    expect(await chat('a/model', off)).toMatchObject({ mapping: 'error', price: null });
    expect(await chat('a/other')).toMatchObject({ mapping: 'absent' });
  });
});
