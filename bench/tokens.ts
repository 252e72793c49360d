import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../adapters/inference/tokenizers/bundled-tokenizers.ts';
import { loadEstimateCounter } from '../adapters/inference/tokenizers/estimate-tokens.ts';
import { SENTENCES } from '../test/adapters/inference/tokenizers/sentences.ts';

/** By how much the estimate exceeds the exact counts, by language: node bench/tokens.ts */

const estimate = await loadEstimateCounter();
const exact = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(22) : cell.padStart(15))).join('');

console.log(row(['estimate / exact', ...exact.map(({ name }) => name)]));
for (const [language, sentences] of Object.entries(SENTENCES)) {
  const text = sentences.join('\n');
  const ratios = exact.map(({ count }) => (estimate.count(text) / count(text)).toFixed(2));
  console.log(row([language, ...ratios]));
}
