import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reply, Ticket } from '../../../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { WireResponse } from '../../../../adapters/inference/wire/wire-message.ts';
import {
  CONTRACT_NAMES,
  CONTRACTS,
  contractFor,
  contractOf,
} from '../../../../adapters/inference/protocols/contract-table.ts';
import {
  holdsError,
  readErrorMessage,
} from '../../../../adapters/inference/verdicts/error-message.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { retryDelayMs } from '../../../../adapters/inference/verdicts/retry-delay.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { toInferenceError } from '../../../../adapters/inference/verdicts/verdict.ts';
import { ROLES, type Role } from '../../../../workflows/contracts/targets.ts';
import { aTarget, SECRET } from '../a-target.ts';

/** Whatever a server sends: nothing but an `InferenceError` is thrown, and nothing takes long. */

const PNG = `data:image/png;base64,${Buffer.from(smallestInput('moderate').image).toString('base64')}`;

/** Answers that contracts take, one of each form. */
const ACCEPTED: readonly unknown[] = [
  { text: ' Hello there.', chunks: [{ text: ' Hello there.', timestamp: [0, null] }] },
  {
    text: 'Hello',
    language: 'english',
    duration: 0.5,
    segments: [{ id: 0, start: 0, end: 0.4, text: 'Hello' }],
  },
  {
    text: 'Hello',
    inferred_languages: ['en'],
    chunks: [{ timestamp: [0, 0.4], text: 'Hello', speaker: null }],
  },
  { diarization: [{ label: 'SPEAKER_00', start: '0.05', stop: '0.4' }] },
  { segments: [{ start: 0, end: 0.4, speaker: 'A' }] },
  { chunks: [{ timestamp: [0, 0.4], text: 'Hello', speaker: 'SPEAKER_00' }] },
  {
    id: 'chatcmpl-1',
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: '{"summary":"x"}' },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 812, completion_tokens: 201, total_tokens: 1013 },
  },
  {
    generated_text: 'x',
    details: { finish_reason: 'eos_token', generated_tokens: 2, input_length: 3 },
  },
  [{ generated_text: 'x' }],
  [{ summary_text: 'x' }],
  [
    { label: 'normal', score: 0.9993 },
    { label: 'nsfw', score: 0.0007 },
  ],
  [[{ label: 'normal', score: 0.9993 }]],
  [
    [0.1, 0.2],
    [0.3, 0.4],
  ],
  [0.1, 0.2],
  [[[0.1, 0.2]], [[0.3, 0.4]]],
  { data: [{ index: 0, embedding: [0.1, 0.2] }], model: 'm', usage: { prompt_tokens: 2 } },
  { data: [{ b64_json: PNG, url: null }] },
  { images: [{ url: 'https://cdn.example/1.png' }], has_nsfw_concepts: [false], seed: 1 },
  {
    request_id: 'abc-1',
    status: 'IN_QUEUE',
    queue_position: 2,
    response_url: 'https://queue.fal.run/a/b/requests/abc-1',
  },
  {
    id: 'p1',
    status: 'processing',
    output: null,
    urls: { get: 'https://api.replicate.com/v1/predictions/p1' },
  },
  {
    id: 'p1',
    status: 'succeeded',
    output: ['https://replicate.delivery/1.png'],
    metrics: { predict_time: 1.5 },
  },
  {
    id: 'p1',
    status: 'succeeded',
    output: { transcription: 'x', segments: [{ start: 0, end: 0.4, text: 'x' }] },
  },
  { id: 'p1', status: 'failed', error: 'NSFW content detected' },
  { error: { message: 'm', type: 't', code: 400 }, estimated_time: 20 },
  { detail: [{ loc: ['a'], msg: 'm', type: 't' }], title: 't', status: 422 },
];

const member = fc.oneof(
  fc.constantFrom(...new Set(ACCEPTED.flatMap(membersOf))),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', ''),
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, -1e308, 2 ** 53, 0.5, '', 'x', PNG, []),
  fc.constantFrom(
    'COMPLETED',
    'failed',
    'succeeded',
    'javascript:1',
    'http://[',
    '../..',
    '[DONE]',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(member, tie('tree')), { maxLength: 5 }).map(withMembers),
  ),
}));

/** JSON text of its own, so that numbers may be larger than numbers, and names may be hidden ones. */
const jsonText = tree.map((value) => JSON.stringify(value));
/** An accepted answer in which some places hold something else. */
const mutated = fc
  .tuple(fc.constantFrom(...ACCEPTED), fc.array(fc.tuple(fc.nat(), tree), { maxLength: 3 }))
  .map(([answer, changes]) =>
    JSON.stringify(changes.reduce((body, [place, value]) => changed(body, place, value), answer)),
  );
const rewritten = fc
  .tuple(
    fc.constantFrom(...ACCEPTED),
    fc.nat(),
    fc.constantFrom(
      '1e999',
      '-1e999',
      '99999999999999999999',
      '"\\ud800"',
      '{"__proto__":{}}',
      '',
      ',',
      'NaN',
    ),
  )
  .map(([answer, place, text]) => {
    const body = JSON.stringify(answer);
    const tokens = body.split(/(?<=[:,[])/);
    tokens.splice(place % tokens.length, 1, text);
    return tokens.join('');
  });
const truncated = fc
  .tuple(fc.oneof(mutated, jsonText), fc.nat())
  .map(([text, length]) => text.slice(0, length % (text.length + 1)));
const stream = fc
  .array(
    fc.tuple(
      fc.constantFrom('data: ', 'data:', 'event: error\ndata: ', 'event: ', ': ', 'id: '),
      fc.oneof(mutated, jsonText, truncated, fc.constant('[DONE]')),
    ),
    { maxLength: 4 },
  )
  .map((events) => events.map(([head, data]) => `${head}${data}\n\n`).join(''));

const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => Buffer.concat([Buffer.from(PNG, 'base64url'), bytes])),
  fc.oneof(mutated, rewritten, truncated, jsonText, stream).map((text) => Buffer.from(text)),
);
const header = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map(String),
  fc.constantFrom('0', '-1', '1e9', '"api";r=0;t=55', 'image/png', 'text/event-stream', '2m59.56s'),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'retry-after',
    'ratelimit',
    'x-ratelimit-reset',
    'x-ratelimit-remaining',
    'x-ratelimit-reset-tokens',
    'x-request-id',
    'x-sha',
    'x-compute-time',
    'x-prompt-tokens',
    'x-compute-audio-length',
  ),
  header,
);
const response = (status: fc.Arbitrary<number>): fc.Arbitrary<WireResponse> =>
  fc.record({ status, headers, bytes: body });

const PAIRS = CONTRACT_NAMES.flatMap((contract) =>
  ROLES.filter((role) => role in CONTRACTS[contract].roles).map((role) => ({ contract, role })),
);

test('every contract and role that there is takes part', () => {
  expect(PAIRS.length).toBeGreaterThan(20);
  expect(new Set(PAIRS.map(({ contract }) => contract))).toEqual(new Set(CONTRACT_NAMES));
  expect(new Set(PAIRS.map(({ role }) => role))).toEqual(new Set(ROLES));
});

describe.each(PAIRS)('$contract, $role', ({ contract, role }) => {
  const { parse } = parsersOf(role, aTarget({ contract, role }));

  test('takes its own kind of answer', () => {
    const outcomes = ACCEPTED.map((answer) => outcomeOf(parse, ok(JSON.stringify(answer))));
    const picture = outcomeOf(parse, ok(Buffer.from(PNG.split(',')[1] ?? '', 'base64')));
    expect([...outcomes, picture].some((outcome) => !(outcome instanceof InferenceError))).toBe(
      true,
    );
  });

  test('a member that stands for the length of a list is refused like any other', () => {
    const odd = '{"length":{"toString":1},"0":{}}';
    for (const text of [
      odd,
      `[${odd}]`,
      `{"id":"a","status":"succeeded","text":"","output":${odd},"data":${odd}}`,
    ])
      expect(faultOf(outcomeOf(parse, ok(text)))).toBeNull();
  });

  test('any answer is an answer or an InferenceError', () => {
    fc.assert(
      fc.property(response(fc.constantFrom(200, 201)), (answer) => {
        expect(faultOf(outcomeOf(parse, answer))).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  test.each(slowBodies(400_000))('%s is read in no time', (_, text) => {
    for (const type of ['application/json', 'text/event-stream']) {
      const started = process.cpuUsage();
      expect(
        faultOf(outcomeOf(parse, { ...ok(text), headers: { 'content-type': type } })),
      ).toBeNull();
      expect(workedMs(started)).toBeLessThan(4000);
    }
  });
});

const QUEUES = PAIRS.filter(
  ({ contract, role }) => contractFor(contract, role)?.follow !== undefined,
);

test('the contracts that queue work take part', () => {
  expect(QUEUES.map(({ contract }) => contract)).toEqual([
    'fal',
    'fal',
    'fal',
    'replicate',
    'replicate',
  ]);
});

test.each(QUEUES)(
  '$contract, $role: any answer about queued work is one, too, whatever the ticket',
  ({ contract, role }) => {
    const { follow } = parsersOf(role, aTarget({ contract, role }));
    if (follow === null) throw new Error('queues are taken from the table');
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const ticket = fc.record({
      id: text,
      path: text.map((path) => `/${path}`),
      phase: fc.oneof(text, fc.constantFrom('status', 'result', 'prediction')),
    });
    fc.assert(
      fc.property(response(fc.constantFrom(200, 201, 202)), ticket, (answer, found) => {
        expect(faultOf(outcomeOf((one) => follow(one, found), answer))).toBeNull();
      }),
      { numRuns: 200 },
    );
  },
);

describe('the normaliser', () => {
  test('gives any answer a verdict, a bounded text, and a wait between nothing and 300 s', () => {
    const anyTarget = fc.record({
      contract: fc.constantFrom(...CONTRACT_NAMES),
      role: fc.constantFrom(...ROLES),
      coldStart: fc.boolean(),
      tokens: fc.constantFrom<readonly string[]>([], [SECRET]),
      tokenVariable: fc.constantFrom(null, 'HF_TOKEN'),
    });
    const anyStatus = fc.oneof(
      fc.integer({ min: 100, max: 999 }),
      fc.constantFrom(200, 400, 422, 429, 503),
    );
    const anyTime = fc.date({ noInvalidDate: true });
    fc.assert(
      fc.property(response(anyStatus), anyTarget, anyTime, (answer, changes, now) => {
        const message = readErrorMessage(answer.bytes);
        expect(message.text.length).toBeLessThanOrEqual(2048);
        expect(message.code.length).toBeLessThanOrEqual(2048);
        expect(typeof holdsError(answer.bytes)).toBe('boolean');
        const { status, headers: said } = answer;
        expect(isWait(retryDelayMs({ status, headers: said, message }, now))).toBe(true);
        const error = verdictOf(answer, aTarget(changes), now);
        expect(error).toBeInstanceOf(InferenceError);
        expect(isWait(error.waitMs)).toBe(true);
        expect(error.message).not.toContain(SECRET);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(slowBodies(4_000_000))('reads %s in no time', (_, text) => {
    const answer = ok(text);
    const started = process.cpuUsage();
    holdsError(answer.bytes);
    expect(isWait(verdictOf(answer, aTarget(), new Date(0)).waitMs)).toBe(true);
    expect(workedMs(started)).toBeLessThan(4000);
  });

  test('keeps no more of an answer of many megabytes than a message', () => {
    const bytes = Buffer.alloc(32_000_000, '{"error":"x"},');
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: 20 }, () => readErrorMessage(bytes));
    expect(kept.every(({ text }) => text.length <= 2048)).toBe(true);
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300_000_000);
  });
});

/** How long this process has worked since then, however busy the machine is. */
function workedMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** What has made readers slow or deep before: runs without an end, and nests. */
function slowBodies(length: number): [string, string][] {
  const run = (text: string): string => text.repeat(Math.ceil(length / text.length));
  return [
    ['a deep list', run('[')],
    ['a deep list that ends', run('[').slice(0, length / 2) + run(']').slice(0, length / 2)],
    ['a deep object', run('{"a":').slice(0, length)],
    ['a deep object that ends', nested('{"error":', length)],
    ['a deep list of vectors', nested('[', length)],
    ['a deep member of an error', `{"error":{"message":${nested('[', length)}}}`],
    ['opening marks', run('<')],
    ['an open page', `<html>${run('<script ')}`],
    ['blanks', run(' ')],
    ['blank lines', run('\n')],
    ['digits', run('1')],
    ['a text of digits', `{"error":"try again in ${run('1')}"}`],
    ['a text that asks to wait', `{"error":"${run('try again in 1 ')}"}`],
    ['a text about models', `{"error":"${run('model ')}"}`],
    ['a text of blanks', `{"text":"${run(' ')}","chunks":[]}`],
    ['a text of one word', `{"text":"${run('no ')}"}`],
    ['events', run('data: {"error":1\n')],
    ['an event of lists', `data: {"choices":[${run('0,')}0]}\n\n`],
    ['empty events', run('data:\n\n')],
    ['commas', `[${run('0,')}0]`],
    [
      'lists of what does not belong there',
      `{"text":"","id":"a","status":"succeeded",${['chunks', 'segments', 'choices', 'data', 'images', 'output', 'embeddings'].map((name) => `"${name}":[${'0,'.repeat(length / 20)}0]`).join(',')}}`,
    ],
    ['errors', `{"error":[${run('{"message":"x"},')}{}]}`],
    [
      'segments',
      `{"text":"","segments":[${run('{"start":0,"end":0,"text":""},')}{"start":0,"end":0,"text":""}]}`,
    ],
    [
      'a base64 that is none',
      `{"data":[{"b64_json":"${run('!')}"}],"images":[{"url":"data:${run(',')}"}]}`,
    ],
  ];
}

function nested(opening: string, length: number): string {
  const depth = Math.floor(length / (opening.length + 1));
  return opening.repeat(depth) + '0' + (opening.startsWith('[') ? ']' : '}').repeat(depth);
}

const verdictOf = (response: WireResponse, target: Target, now: Date) =>
  toInferenceError(response, target, contractOf(target).traits, now);

type Parse = (response: WireResponse) => Reply<Role>;

function parsersOf<R extends Role>(role: R, target: Target) {
  const contract = contractFor(target.contract, role);
  if (contract === null) throw new Error('pairs are taken from the table');
  const input = smallestInput(role);
  const { follow } = contract;
  return {
    parse: ((response) => contract.parseResponse(response, input, target)) satisfies Parse,
    follow:
      follow === undefined
        ? null
        : (response: WireResponse, ticket: Ticket): Reply<Role> =>
            follow.parseResponse(response, ticket, input, target),
  };
}

const ok = (text: string | Uint8Array): WireResponse => ({
  status: 200,
  headers: {},
  bytes: Buffer.from(text),
});

/** Anything but an InferenceError fails the test, with what it was. */
function outcomeOf(parse: Parse, response: WireResponse): Reply<Role> | InferenceError {
  try {
    return parse(response);
  } catch (error) {
    if (error instanceof InferenceError) return error;
    throw error;
  }
}

/** What is wrong with it; null: nothing. */
function faultOf(outcome: Reply<Role> | InferenceError): string | null {
  if (outcome instanceof InferenceError) return isWait(outcome.waitMs) ? null : 'its wait';
  if ('ticket' in outcome) {
    const { id, path } = outcome.ticket;
    if (!path.startsWith('/') || path.length > 1000) return 'the path of its ticket';
    if (id.length > 1000) return 'the id of its ticket';
    return isWait(outcome.waitMs) ? null : 'its wait';
  }
  if ('pictureUrl' in outcome)
    return /^https?:/i.test(outcome.pictureUrl) ? null : 'the address of its picture';
  if ('textUrl' in outcome)
    return /^https?:/i.test(outcome.textUrl) ? null : 'the address of its text';
  const counts = Object.values(outcome.usage).filter((count) => count !== null);
  return counts.every((count) => Number.isFinite(count) && count >= 0) ? null : 'its usage';
}

const isWait = (waitMs: number | null): boolean =>
  waitMs === null || (waitMs >= 0 && waitMs <= 300_000);

function membersOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(membersOf)];
}

/** Also the members that no literal can have: `__proto__` as one of its own. */
function withMembers(members: readonly [string, unknown][]): unknown {
  const object: Record<string, unknown> = {};
  for (const [name, value] of members)
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return object;
}

/** The value at one of the places of a body, replaced. */
function changed(body: unknown, place: number, value: unknown): unknown {
  if (typeof body !== 'object' || body === null) return value;
  const names = Object.keys(body);
  const name = names[place % (names.length + 1)];
  if (name === undefined) return value;
  const inner = changed(
    (body as Record<string, unknown>)[name],
    Math.floor(place / (names.length + 1)),
    value,
  );
  return Array.isArray(body)
    ? body.map((one, index) => (String(index) === name ? inner : one))
    : { ...body, [name]: inner };
}
