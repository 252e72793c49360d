import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openai } from '../../../../../adapters/inference/protocols/openai.ts';
import { aTarget, anAnswer } from '../../a-target.ts';
import { outcomeOf } from '../../call/outcome-of.ts';
import { INPUTS } from '../inputs.ts';
import { jsonOf } from '../read-request.ts';

const target = aTarget({
  contract: 'openai',
  role: 'embed',
  model: 'BAAI/bge-m3',
  baseUrl: 'http://tei:8080',
});
const { buildRequest, parseResponse } = openai.roles.embed;
const parse = (body: unknown) => parseResponse(anAnswer(200, body), INPUTS.embed, target);

test('a request holds all texts', async () => {
  const request = buildRequest(INPUTS.embed, target);
  expect(request.url).toBe('http://tei:8080/v1/embeddings');
  expect(await jsonOf(request)).toEqual({ model: 'BAAI/bge-m3', input: ['one', 'two'] });
});

test('vectors are put in the order of the texts', () => {
  const data = [
    { object: 'embedding', index: 1, embedding: [0, 1] },
    { object: 'embedding', index: 0, embedding: [1, 0] },
  ];
  expect(parse({ data, model: 'bge', usage: { prompt_tokens: 2, total_tokens: 2 } })).toMatchObject(
    {
      answer: {
        vectors: [
          [1, 0],
          [0, 1],
        ],
      },
      usage: { inputTokens: 2 },
      servedModel: 'bge',
    },
  );
});

test('without an index their order is that of the answer', () => {
  const data = [{ embedding: [1] }, { embedding: [2] }];
  expect(parse({ data }).answer.vectors).toEqual([[1], [2]]);
});

test.each([
  ['one too few', [{ index: 0, embedding: [1] }]],
  ['one too many', [0, 1, 2].map((index) => ({ index, embedding: [1] }))],
  ['one twice', [0, 0].map((index) => ({ index, embedding: [1] }))],
  [
    'two lengths',
    [
      { index: 0, embedding: [1] },
      { index: 1, embedding: [1, 2] },
    ],
  ],
  ['empty ones', [0, 1].map((index) => ({ index, embedding: [] }))],
  ['token by token', [0, 1].map((index) => ({ index, embedding: [[1]] }))],
  ['words', [0, 1].map((index) => ({ index, embedding: ['a'] }))],
])('vectors that are %s are a provider bug', (_, data) => {
  expect(outcomeOf(() => parse({ data }))).toEqual({ verdict: 'provider_bug' });
});

test('any answer is one vector per text, all of the same length, or a provider bug', () => {
  const vector = fc.record({
    index: fc.option(fc.nat({ max: 2 })),
    embedding: fc.array(fc.double(), { maxLength: 3 }),
  });
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ data: fc.array(vector, { minLength: 1, maxLength: 3 }) }),
  );
  fc.assert(
    fc.property(body, (said) => {
      const outcome = outcomeOf(() => parse(JSON.parse(JSON.stringify(said))).answer.vectors);
      const vectors = 'value' in outcome ? outcome.value : [[1], [1]];
      expect('verdict' in outcome ? outcome.verdict : 'provider_bug').toBe('provider_bug');
      expect(vectors).toHaveLength(2);
      expect(new Set(vectors.map(({ length }) => length)).size).toBe(1);
    }),
  );
});
