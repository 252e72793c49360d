import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { faultRuleSchema } from '../../../local/inference-server/faults.ts';
import { PROVIDER_SCRIPTS } from '../../../local/inference-server/scripts/provider-scripts.ts';
import { FAILURES } from '../../../workflows/contracts/failures.ts';
import { readStatistics, startServer, type RunningServer } from './start-server.ts';

/* The table of scripts and the routes that set one. The end-to-end tests run jobs against them. */

let server: RunningServer;
beforeAll(async () => {
  server = await startServer('--faults', '--scripted-transcriber');
});
afterAll(() => server.stop());

const setScript = (body: unknown) =>
  fetch(`${server.url}/local/script`, { method: 'PUT', body: JSON.stringify(body) });
const chat = () =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'hansard/extractive-v1',
      messages: [{ role: 'user', content: 'We met.' }],
    }),
  });

test('every script has a unique name, valid rules and known failures', () => {
  const names = PROVIDER_SCRIPTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { rules, role, recoverable, ends } of PROVIDER_SCRIPTS) {
    expect(z.array(faultRuleSchema).min(1).parse(rules)).toEqual(rules);
    expect(rules.map((rule) => rule.role)).toEqual(rules.map(() => role));
    const { result, degradation, gap, picture } = ends;
    const asIfNothing =
      result === 'complete' && degradation === null && gap === null && picture === 'safe';
    expect(asIfNothing).toBe(recoverable);
    const reasons: readonly (string | undefined)[] = [...Object.values(FAILURES), undefined];
    expect(reasons).toContain(degradation?.reason);
  }
});

test('the server lists its scripts with their description and bill', async () => {
  const listed = await (await fetch(`${server.url}/local/scripts`)).json();
  expect(listed).toEqual(
    PROVIDER_SCRIPTS.map(({ name, about, role, recoverable, billed, ends }) => ({
      name,
      about,
      role,
      recoverable,
      billed,
      ends,
    })),
  );
});

test('a script is set by name, starts its sequence again when set again, and can be removed', async () => {
  for (let round = 0; round < 2; round += 1) {
    const before = (await readStatistics(server.url)).billed['summarize'] ?? 0;
    expect(await (await setScript({ name: 'wrong-shape-billed' })).json()).toMatchObject({
      name: 'wrong-shape-billed',
      billed: { summarize: 2 },
    });
    const answers = [await chat(), await chat()].map(async (response) => await response.json());
    expect(await Promise.all(answers)).toMatchObject([
      { choices: [] },
      { choices: [{ index: 0 }] },
    ]);
    expect((await readStatistics(server.url)).billed['summarize']).toBe(before + 2);
  }
  await setScript({ name: 'wrong-shape-billed' });
  await fetch(`${server.url}/local/faults`, { method: 'DELETE' });
  expect(await (await chat()).json()).toMatchObject({ choices: [{ index: 0 }] });
});

test('an unknown script is refused with a hint where the scripts are listed', async () => {
  const response = await setScript({ name: 'good-mood' });
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('/local/scripts');
  expect((await setScript({ script: 'drip' })).status).toBe(400);
});
