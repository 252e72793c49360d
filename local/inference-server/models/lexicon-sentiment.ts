import { wordsOf } from './hashing-embedding.ts';

export interface SentimentLabel {
  readonly label: 'positive' | 'neutral' | 'negative';
  readonly score: number;
}

/**
 * `lexicon-v1`: no trained model. It counts English words of two short lists; a negation among the three words before
 * reverses one. A softmax turns the counts, and 1 for neutral, into scores. The most likely label comes first.
 */
export function classifySentiment(text: string): readonly SentimentLabel[] {
  const words = wordsOf(text);
  let [positive, negative] = [0, 0];
  for (const [index, word] of words.entries()) {
    const sign = POSITIVE.has(word) ? 1 : NEGATIVE.has(word) ? -1 : 0;
    if (sign === 0) continue;
    const negated = words.slice(Math.max(0, index - 3), index).some((before) => isNegation(before));
    if (sign === 1 ? !negated : negated) positive += 1;
    else negative += 1;
  }
  const powers = { positive: Math.exp(positive), neutral: Math.E, negative: Math.exp(negative) };
  const sum = powers.positive + powers.neutral + powers.negative;
  const labels = (['positive', 'neutral', 'negative'] as const).map((label) => ({
    label,
    // Hundreds of such words overflow to infinity; the score is 1 then.
    score: Number.isFinite(sum) ? powers[label] / sum : Number(powers[label] === Infinity),
  }));
  return labels.sort((a, b) => b.score - a.score);
}

const isNegation = (word: string): boolean =>
  ['not', 'no', 'never', 'without', 'nor', 'cannot'].includes(word) || /n['’]t$/.test(word);

const POSITIVE = new Set(
  `agree agreed better best brilliant calm clear delighted easy enjoy enjoyed excellent fair fast fine friendly
  glad good great happy healthy helpful improve improved improvement like liked love loved nice perfect pleased
  pleasant progress proud ready reliable safe satisfied solid solved strong succeed success successful thank
  thanks useful welcome win wonderful worked works`.split(/\s+/),
);
const NEGATIVE = new Set(
  `afraid angry annoyed awful bad blocked boring broken bug bugs confused confusing crash crashed damage danger
  delay delayed difficult disappointed expensive fail failed failing fails failure fault hard hate hated hurt
  ill late lose loss lost mess missing poor problem problems refuse refused risk sad sick slow sorry stuck
  terrible tired ugly unclear unhappy unsafe useless weak worried worse worst wrong`.split(/\s+/),
);
