import { expect, test } from 'vitest';
import { chainCounter } from '../../../activities/summary/chain-counter.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { TokenCounters } from '../../../adapters/inference/tokenizers/token-counter.ts';
import { loadInferenceConfiguration } from '../../../adapters/inference/targets/load-configuration.ts';
import { aTarget } from '../../adapters/inference/a-target.ts';
import { attempt } from '../activity-bench.ts';

const { roles, ...rest } = loadInferenceConfiguration({ path: '', text: null, env: {} });

/** Counts by what it is called: `x/3` makes three tokens of a character. */
const asked: (readonly [string, string | null])[] = [];
const tokens: TokenCounters = {
  counterFor: (model, tokenizer) => {
    asked.push([model, tokenizer]);
    const each = Number((tokenizer ?? model).split('/')[1] ?? 1);
    return Promise.resolve({ name: `${each}`, source: 'hub', count: (text) => text.length * each });
  },
};

const counting = (changes: readonly { model: string; tokenizer?: string }[]) => {
  const summarize = changes.map((change) => aTarget({ role: 'summarize', ...change }));
  const inference: Dependencies['inference'] = { ...rest, roles: { ...roles, summarize } };
  return attempt(() => chainCounter({ inference, tokens }));
};

test('a chain counts as the hungriest of its targets does', async () => {
  const count = await counting([{ model: 'x/2' }, { model: 'x/3' }, { model: 'x/1' }]);
  expect(count('four')).toBe(12);
});

test("a target's tokenizer is asked for in the place of its model", async () => {
  asked.length = 0;
  const count = await counting([{ model: 'mine', tokenizer: 'x/5' }]);
  expect([count('four'), asked]).toEqual([20, [['mine', 'x/5']]]);
});

test('a worker without summarising targets counts all the same', async () => {
  expect((await counting([]))('four')).toBe(4);
});
