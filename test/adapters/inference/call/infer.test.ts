import { expect, test } from 'vitest';
import type { Parsed, Reply, Ticket } from '../../../../adapters/inference/protocols/contract.ts';
import type {
  WireRequest,
  WireResponse,
} from '../../../../adapters/inference/wire/wire-message.ts';
import type { PreparedCall } from '../../../../adapters/inference/call/prepare-call.ts';
import type { Transport } from '../../../../adapters/inference/wire/send.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { infer } from '../../../../adapters/inference/call/infer.ts';
import { prepareCall } from '../../../../adapters/inference/call/prepare-call.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { aTarget, anAnswer } from '../a-target.ts';

const unasked = async (): Promise<never> =>
  await Promise.reject(new Error('nobody was to ask for this'));
const answering = (...responses: readonly (WireResponse | Error)[]): Transport => {
  const left = [...responses];
  return {
    send: async () => {
      const next = left.length > 1 ? left.shift() : left[0];
      return next instanceof Error || next === undefined
        ? await Promise.reject(next)
        : await Promise.resolve(next);
    },
    download: unasked,
    downloadText: unasked,
    exchange: unasked,
    close: async () => await Promise.resolve(),
  };
};
const options = { signal: new AbortController().signal, deadlineMs: 1000 };
const call = prepareCall(aTarget({ role: 'moderate' }), 'moderate', smallestInput('moderate'));
const labels = [{ label: 'normal', score: 1 }];

test('an answer is parsed, also one with a Retry-After that nobody asked for', async () => {
  const response = anAnswer(200, labels, { 'retry-after': '2', 'x-request-id': 'r' });
  expect(await infer(answering(response), call, options)).toMatchObject({
    answer: { labels },
    requestId: 'r',
  });
});

test('an error is judged, and billed to nobody', async () => {
  const response = anAnswer(503, { error: 'loading', estimated_time: 20 });
  await expect(infer(answering(response), call, options)).rejects.toMatchObject({
    kind: 'loading',
    waitMs: 20_000,
    charge: 'refused',
  });
});

test('an error inside a 200 is judged by its words', async () => {
  const response = anAnswer(200, { error: 'Rate limit reached, try again in 3s' });
  await expect(infer(answering(response), call, options)).rejects.toMatchObject({
    kind: 'rate_limited',
    waitMs: 3000,
    charge: 'refused',
  });
});

test('an answer of another shape is a bug of the provider, and billed', async () => {
  await expect(infer(answering(anAnswer(200, 'hello')), call, options)).rejects.toMatchObject({
    kind: 'provider_bug',
    charge: 'billed',
  });
});

test('an answer of another revision than the pinned one is refused', async () => {
  const pinned = prepareCall(
    aTarget({ role: 'moderate', revision: 'abcdef0' }),
    'moderate',
    smallestInput('moderate'),
  );
  const other = anAnswer(200, labels, { 'x-sha': '0123456789' });
  await expect(infer(answering(other), pinned, options)).rejects.toMatchObject({
    kind: 'not_served',
    charge: 'billed',
  });
  const same = anAnswer(200, labels, { 'x-sha': 'abcdef0123' });
  expect(await infer(answering(same), pinned, options)).toMatchObject({ revision: 'abcdef0123' });
  expect(await infer(answering(anAnswer(200, labels)), pinned, options)).toMatchObject({
    revision: null,
  });
});

/** Queued work: the first answer is a ticket, and each question after it is answered by what `follow` makes of it. */
const ticket: Ticket = { id: 'r1', path: '/requests/r1', phase: 'queued' };
const aPicture = { bytes: new Uint8Array([1]), mediaType: 'image/png' } as const;
const done: Parsed<'illustrate'> = {
  answer: aPicture,
  usage: {
    inputTokens: null,
    outputTokens: null,
    audioSeconds: null,
    images: 1,
    computeSeconds: null,
  },
  provider: null,
  servedModel: null,
  revision: null,
  requestId: 'r1',
};
const queued = (
  ...replies: readonly Reply<'illustrate'>[]
): { readonly call: PreparedCall<'illustrate'>; readonly asked: string[] } => {
  const left = [...replies];
  const asked: string[] = [];
  const request = (url: string): WireRequest => {
    asked.push(url);
    return { method: 'GET', url, headers: {}, body: null, parameters: {} };
  };
  return {
    asked,
    call: {
      target: aTarget({ role: 'illustrate', contract: 'fal' }),
      role: 'illustrate',
      request: request('/submit'),
      parse: () => ({ ticket, waitMs: 0 }),
      follow: {
        request: ({ path, phase }) => request(`${path}?${phase}`),
        parse: () => left.shift() ?? done,
      },
    },
  };
};
const fine = anAnswer(200, {});

test('queued work is followed until it is done, and each ticket is kept before the next question', async () => {
  const { call: picture, asked } = queued(
    { ticket: { ...ticket, phase: 'running' }, waitMs: 5 },
    done,
  );
  const kept: string[] = [];
  const parsed = await infer(answering(fine), picture, {
    ...options,
    keepTicket: async ({ phase }) => {
      kept.push(`${phase} after ${asked.length}`);
      await Promise.resolve();
    },
  });
  expect(parsed.requestId).toBe('r1');
  expect(kept).toEqual(['queued after 1', 'running after 2']);
  expect(asked).toEqual(['/submit', '/requests/r1?queued', '/requests/r1?running']);
});

test('work with a ticket is not sent again', async () => {
  const { call: picture, asked } = queued(done);
  asked.length = 0;
  await infer(answering(fine), picture, { ...options, ticket: { ...ticket, phase: 'running' } });
  expect(asked).toEqual(['/requests/r1?running']);
});

test('work that outlasts the deadline is pending, and its ticket is kept', async () => {
  const { call: picture } = queued({ ticket, waitMs: 60_000 });
  const kept: Ticket[] = [];
  await expect(
    infer(answering(fine), picture, {
      ...options,
      keepTicket: async (one) => {
        kept.push(one);
        await Promise.resolve();
      },
    }),
  ).rejects.toMatchObject({ kind: 'loading', charge: 'pending', waitMs: 60_000 });
  expect(kept.at(-1)).toEqual(ticket);
});

test.each([
  [anAnswer(503, ''), 'loading', 'pending'],
  [anAnswer(429, 'slow down'), 'loading', 'pending'],
  [anAnswer(401, 'who are you'), 'auth', 'pending'],
  [anAnswer(404, 'no such request'), 'transient', 'unknown'],
])(
  'trouble on the way to queued work says nothing about the work',
  async (answer, kind, charge) => {
    const { call: picture } = queued(done);
    await expect(infer(answering(answer), picture, { ...options, ticket })).rejects.toMatchObject({
      kind,
      charge,
    });
  },
);

test('a text that lies elsewhere is fetched once', async () => {
  const urls: string[] = [];
  const textDone = { ...done, answer: { text: 'Hello.' } };
  const { target, request } = call;
  const transcript: PreparedCall<'generate'> = {
    target,
    role: 'generate',
    request,
    parse: () => ({
      textUrl: 'https://files.example/x.txt',
      read: (text) => ({ ...textDone, answer: { text } }),
    }),
    follow: null,
  };
  const downloadText = async (url: string): Promise<string> => {
    urls.push(url);
    return await Promise.resolve('Bye.');
  };
  const { answer } = await infer({ ...answering(fine), downloadText }, transcript, options);
  expect(answer).toEqual({ text: 'Bye.' });
  expect(urls).toEqual(['https://files.example/x.txt']);
});

test('a result that lies elsewhere is downloaded; where that fails a ticket keeps the work, else it is lost', async () => {
  const elsewhere: Reply<'illustrate'> = {
    pictureUrl: 'https://files.example/x',
    complete: (picture) => ({ ...done, answer: picture }),
  };
  const urls: string[] = [];
  const downloading: Transport = {
    ...answering(fine),
    download: async (url) => {
      urls.push(url);
      return await Promise.resolve(aPicture);
    },
  };
  const { answer } = await infer(downloading, queued(elsewhere).call, options);
  expect(answer).toBe(aPicture);
  expect(urls).toEqual(['https://files.example/x']);

  const lost = new InferenceError('the server of its picture broke off', {
    kind: 'transient',
    target: 'the-target',
    charge: 'billed',
  });
  const failing: Transport = {
    ...answering(fine),
    download: async () => await Promise.reject(lost),
  };
  await expect(infer(failing, queued(elsewhere).call, options)).rejects.toMatchObject({
    kind: 'loading',
    charge: 'pending',
  });
  const atOnce = { ...queued().call, parse: () => elsewhere };
  await expect(infer(failing, atOnce, options)).rejects.toBe(lost);
});

test('work that the provider says it failed at is over: it is not asked after again', async () => {
  const replicate = aTarget({ role: 'illustrate', contract: 'replicate', model: 'owner/name' });
  const prediction = (changes: object) => anAnswer(200, { id: 'p1', error: null, ...changes });
  await expect(
    infer(
      answering(
        prediction({ status: 'processing', output: null }),
        prediction({ status: 'failed', error: 'Prediction failed unexpectedly.' }),
      ),
      prepareCall(replicate, 'illustrate', smallestInput('illustrate')),
      { ...options, deadlineMs: 10_000 },
    ),
  ).rejects.toMatchObject({ kind: 'transient', charge: 'unknown' });
});

test('the caller who aborts while queued work is waited for gets back his own reason', async () => {
  const reason = new Error('the job was cancelled');
  const controller = new AbortController();
  const { call: picture } = queued({ ticket, waitMs: 500 });
  const running = infer(answering(fine), picture, { ...options, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await expect(running).rejects.toBe(reason);
});
