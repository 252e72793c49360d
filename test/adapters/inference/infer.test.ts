import { expect, it } from 'vitest';
import type { WireResponse } from '../../../adapters/inference/contract.ts';
import type { Transport } from '../../../adapters/inference/send.ts';
import { infer } from '../../../adapters/inference/infer.ts';
import { prepareCall } from '../../../adapters/inference/prepare-call.ts';
import { smallestInput } from '../../../adapters/inference/smallest-request.ts';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { aTarget, anAnswer } from './a-target.ts';

const answering = (response: WireResponse): Transport => ({
  send: async () => await Promise.resolve(response),
  close: async () => await Promise.resolve(),
});
const options = { signal: new AbortController().signal, deadlineMs: 1000 };
const call = prepareCall(aTarget({ role: 'moderate' }), 'moderate', smallestInput('moderate'));
const labels = [{ label: 'normal', score: 1 }];

it('an answer is parsed, also one with a Retry-After that nobody asked for', async () => {
  const response = anAnswer(200, labels, { 'retry-after': '2', 'x-request-id': 'r' });
  expect(await infer(answering(response), call, options)).toMatchObject({
    answer: { labels },
    requestId: 'r',
  });
});

it('an error is judged, and billed to nobody', async () => {
  const response = anAnswer(503, { error: 'loading', estimated_time: 20 });
  await expect(infer(answering(response), call, options)).rejects.toMatchObject({
    kind: 'loading',
    waitMs: 20_000,
    billing: 'refused',
  });
});

it('an error inside a 200 is judged by its words', async () => {
  const response = anAnswer(200, { error: 'Rate limit reached, try again in 3s' });
  await expect(infer(answering(response), call, options)).rejects.toMatchObject({
    kind: 'rate_limited',
    waitMs: 3000,
    billing: 'refused',
  });
});

it('an answer of another shape is a bug of the provider, and billed', async () => {
  await expect(infer(answering(anAnswer(200, 'hello')), call, options)).rejects.toMatchObject({
    kind: 'provider_bug',
    billing: 'billed',
  });
});

it('an answer of another revision than the pinned one is refused', async () => {
  const pinned = prepareCall(
    aTarget({ role: 'moderate', revision: 'abcdef0' }),
    'moderate',
    smallestInput('moderate'),
  );
  const other = anAnswer(200, labels, { 'x-sha': '0123456789' });
  await expect(infer(answering(other), pinned, options)).rejects.toMatchObject({
    kind: 'not_served',
    billing: 'billed',
  });
  const same = anAnswer(200, labels, { 'x-sha': 'abcdef0123' });
  expect(await infer(answering(same), pinned, options)).toMatchObject({ revision: 'abcdef0123' });
  expect(await infer(answering(anAnswer(200, labels)), pinned, options)).toMatchObject({
    revision: null,
  });
});

it('a body above bodyBytes is not sent', () => {
  const prepare = (bodyBytes: number) =>
    prepareCall(aTarget({ bodyBytes }), 'transcribe', {
      ...smallestInput('transcribe'),
      audio: new Uint8Array(9000),
    });
  expect(() => prepare(12_000)).toThrowError(
    expect.objectContaining({ kind: 'too_large', billing: 'unsent' }),
  );
  expect(prepare(13_000).request.method).toBe('POST');
});

it('the smallest input of every role makes a request', () => {
  const contracts = { summarize: 'hf-chat' } as const;
  for (const role of ROLES) {
    const contract = role === 'summarize' ? contracts.summarize : 'hf-task';
    const { request } = prepareCall(aTarget({ role, contract }), role, smallestInput(role));
    expect(Buffer.byteLength(request.body ?? '')).toBeLessThan(1000);
  }
});
