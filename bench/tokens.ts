import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../adapters/inference/tokenizers/bundled-tokenizers.ts';
import { loadEstimateCounter } from '../adapters/inference/tokenizers/estimate-tokens.ts';
import { aligned } from '../client/cli/render-list.ts';
import { SENTENCES } from '../test/adapters/inference/tokenizers/sentences.ts';

/** By how much the estimate exceeds the exact counts, by language: node bench/tokens.ts */

const estimate = await loadEstimateCounter();
const exact = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));

const rows = Object.entries(SENTENCES).map(([language, sentences]) => {
  const text = sentences.join('\n');
  const ratios = exact.map(({ count }) => (estimate.count(text) / count(text)).toFixed(2));
  return [language, ...ratios];
});
const heading = ['estimate / exact', ...exact.map(({ name }) => name)];
for (const line of aligned([heading, ...rows])) console.log(line);
