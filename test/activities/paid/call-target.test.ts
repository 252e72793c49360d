import { randomBytes } from 'node:crypto';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import type { Info } from '@temporalio/activity';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { callTarget, type PaidWork } from '../../../activities/paid/call-target.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { createGate } from '../../../adapters/inference/limits/create-gate.ts';
import type { Answers } from '../../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../../adapters/inference/targets/target.ts';
import { createTokenLimitMemory } from '../../../adapters/inference/targets/token-limit-memory.ts';
import { recordTarget } from '../../../adapters/inference/targets/record-target.ts';
import { createApiTokenPool } from '../../../adapters/inference/limits/api-token-pool.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { findResult } from '../../../adapters/paid-call/look-up-result.ts';
import type { PaidActivityInput } from '../../../workflows/contracts/paid-activity.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { SECRET } from '../../adapters/inference/a-target.ts';
import { attempt, openBench, type ProviderAnswer } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let job: JobInput;
beforeAll(async () => {
  bench = await openBench();
  job = await bench.newJob();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
  bench.openGates();
  answerWith({ status: 200, body: { text: 'hello', chunks: [] } });
});

const answerWith = (answer: ProviderAnswer) => {
  bench.provider.answer = () => Promise.resolve(answer);
};

type Work = PaidWork<'transcribe'>;
const newWork = (change: Partial<Work> = {}): Work => ({
  role: 'transcribe',
  home: homeOf(job),
  workKey: randomBytes(32).toString('hex'),
  input: () =>
    Promise.resolve({
      audio: Buffer.from('audio'),
      mediaType: 'audio/flac',
      url: null,
      durationSeconds: 1,
      language: null,
    }),
  accept: (answer) => Promise.resolve(answer),
  ...change,
});

const call = (change: Partial<PaidActivityInput> = {}): PaidActivityInput => ({
  tenant: job.tenant,
  jobId: job.jobId,
  target: bench.recorded.transcribe,
  last: false,
  ...change,
});

const make = (work: Work, info: Partial<Info> = {}, change: Partial<PaidActivityInput> = {}) =>
  attempt(() => callTarget(bench.deps, call(change), work), info);

/** The attempts of one activity: each begins with what the last heartbeat before it said. */
function anActivity(work: Work, info: Partial<Info> = {}) {
  let tries = 0;
  let heartbeatDetails: unknown;
  return async () => {
    tries += 1;
    return await attempt(
      () => callTarget(bench.deps, call(), work),
      { attempt: tries, heartbeatDetails, ...info },
      (environment) =>
        environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
    );
  };
}

async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await running.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  return error as ApplicationFailure;
}

async function states({ workKey }: Pick<Work, 'workKey'>): Promise<string[]> {
  const rows = await bench.db
    .selectFrom('ledgerEntry')
    .select('state')
    .where('workKey', '=', workKey)
    .orderBy('ordinal')
    .execute();
  return rows.map(({ state }) => state);
}

test('an answer is stored and booked; asked for again it is returned without a call, whatever the target', async () => {
  const work = newWork();
  const first = await make(work);
  expect(first).toMatchObject({ reused: false, result: { target: 'whisper', ordinal: 1 } });

  const never = () => Promise.reject(new Error('the input was fetched for an answer that we hold'));
  const elsewhere = { ...bench.recorded.transcribe, name: 'other', fingerprint: '' };
  const again = await make({ ...work, input: never }, {}, { target: elsewhere });
  expect(again).toEqual({ result: first.result, reused: true });
  expect(bench.provider.requests).toHaveLength(1);
  expect(await states(work)).toEqual(['accepted']);
});

test('a call that waits for one of its target has its input ready, and no more run than the target takes', async () => {
  const target = { ...bench.targets.transcribe, name: 'one-by-one', concurrency: 1 };
  const roles = { ...bench.deps.inference.roles, transcribe: [target] };
  const deps = { ...bench.deps, inference: { ...bench.deps.inference, roles } };
  const inputs = Promise.withResolvers<void>();
  const [ready, running] = [new Set<Work>(), new Set<symbol>()];
  let most = 0;
  bench.provider.answer = async () => {
    const one = Symbol('one');
    running.add(one);
    most = Math.max(most, running.size);
    await inputs.promise;
    running.delete(one);
    return { status: 200, body: { text: 'hello', chunks: [] } };
  };
  const works = [newWork(), newWork(), newWork()].map((work) => ({
    ...work,
    input: (...args: Parameters<Work['input']>) => {
      ready.add(work);
      if (ready.size === 3) inputs.resolve();
      return work.input(...args);
    },
  }));
  await Promise.all(
    works.map((work) =>
      attempt(() => callTarget(deps, call({ target: recordTarget(target) }), work)),
    ),
  );
  expect(most).toBe(1);
  expect(bench.provider.requests).toHaveLength(3);
});

test.each([
  ['of another URL or model', { fingerprint: 'f'.repeat(64) }],
  ['that this worker does not know', { name: 'unknown' }],
])('a target %s is not served, and not called', async (_what, change) => {
  const work = newWork();
  const target = { ...bench.recorded.transcribe, ...change };
  const failure = await failureOf(make(work, {}, { target }));
  expect(failure).toMatchObject({ type: 'ModelNotFound', nonRetryable: true });
  expect(bench.provider.requests).toEqual([]);
  expect(await states(work)).toEqual([]);
});

test('a target that never answered and refuses its first call is given up for the next; once it answered, only the item is', async () => {
  const target = { ...bench.targets.transcribe, name: 'fresh' };
  const roles = { ...bench.deps.inference.roles, transcribe: [target] };
  const deps = { ...bench.deps, inference: { ...bench.deps.inference, roles } };
  const once = (last: boolean) =>
    attempt(() => callTarget(deps, call({ target: recordTarget(target), last }), newWork()));
  answerWith({ status: 400, body: { error: 'Nobody has heard of this.' } });
  const failure = await failureOf(once(false));
  expect(failure).toMatchObject({ type: 'TargetExhausted', nonRetryable: true });
  expect(failure.message).toContain('It has never answered a call, so it is given up');
  expect(await failureOf(once(true))).toMatchObject({ type: 'BadRequest' });

  answerWith({ status: 200, body: { text: 'hello', chunks: [] } });
  await once(false);
  answerWith({ status: 400, body: { error: 'Nobody has heard of this.' } });
  expect(await failureOf(once(false))).toMatchObject({ type: 'BadRequest' });
});

describe('a model that wants max_completion_tokens and its own temperature', () => {
  const refusal = (message: string) => ({
    status: 400,
    body: { error: { message, code: 'unsupported_parameter' } },
  });
  const MAX_TOKENS = refusal(
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  );
  const ANSWER = {
    status: 200,
    body: { choices: [{ message: { content: '{"a":1}' }, finish_reason: 'stop' }] },
  };
  const TEMPERATURE = refusal(
    "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
  );

  function reasoner(parameters: Target['parameters']) {
    const target = { ...bench.targets.summarize, name: 'reasoner', contract: 'openai', parameters };
    const roles = { ...bench.deps.inference.roles, summarize: [target] };
    const tokenLimits = createTokenLimitMemory();
    const deps = { ...bench.deps, tokenLimits, inference: { ...bench.deps.inference, roles } };
    const bodies: Record<string, unknown>[] = [];
    bench.provider.answer = ({ body }) => {
      const sent = JSON.parse(String(body)) as Record<string, unknown>;
      bodies.push(sent);
      return Promise.resolve(
        'max_tokens' in sent ? MAX_TOKENS : 'temperature' in sent ? TEMPERATURE : ANSWER,
      );
    };
    const summarize = () => ({
      ...newWork(),
      role: 'summarize' as const,
      accept: (answer: Answers['summarize']) => Promise.resolve(answer),
      input: () =>
        Promise.resolve({
          messages: [{ role: 'user' as const, content: 'Hello.' }],
          maxTokens: 100,
          temperature: 0.3,
          schema: { name: 'an_answer', json: { type: 'object' } },
          text: 'Hello.',
        }),
    });
    const once = (work = summarize()) =>
      attempt(() => callTarget(deps, call({ target: recordTarget(target) }), work));
    return { bodies, once, summarize };
  }

  test('is asked so after its first refusal, and from then on', async () => {
    const { bodies, once, summarize } = reasoner({});
    const work = summarize();
    await once(work);
    expect(bodies.map((body) => [body['max_tokens'], body['max_completion_tokens']])).toEqual([
      [100, undefined],
      [undefined, 100],
    ]);
    expect(await states(work)).toEqual(['failed', 'accepted']);
    await once();
    expect(bodies).toHaveLength(3);
    expect(bodies[2]).not.toHaveProperty('temperature');
  });

  test('is given up where the configuration insists on what it refuses', async () => {
    const insists = reasoner({ tokenLimit: 'max_tokens' });
    expect(await failureOf(insists.once())).toMatchObject({ type: 'ModelNotFound' });
    expect(insists.bodies).toHaveLength(1);
    const warm = reasoner({ temperature: 0.3 });
    expect(await failureOf(warm.once())).toMatchObject({ type: 'ModelNotFound' });
    expect(warm.bodies).toHaveLength(2);
  });
});

describe('a target is given up by what the ledger says of the earlier tries', () => {
  test('after the sixth failure in transit; those of another job, and of an earlier run, do not count', async () => {
    answerWith({ status: 500, body: { error: 'the transcript said: hello' } });
    const work = newWork();
    for (let other = 0; other < 5; other += 1) {
      await failureOf(make(work, {}, { jobId: 'b'.repeat(26) }));
      await failureOf(make(work));
      bench.openGates();
    }
    await new Promise((passed) => setTimeout(passed, 20));
    const again = anActivity(work);
    const failures: ApplicationFailure[] = [];
    for (let tries = 1; tries <= 6; tries += 1) {
      failures.push(await failureOf(again()));
      bench.openGates();
    }
    expect(failures.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 5 }, () => 'Transient'),
      'TargetExhausted',
    ]);
    expect(failures.map(({ nonRetryable }) => nonRetryable)).toEqual([
      ...Array.from({ length: 5 }, () => false),
      true,
    ]);
    expect(bench.provider.requests).toHaveLength(16);
    const told = JSON.stringify(failures.map(({ message, details }) => [message, details]));
    expect(told).toContain('500');
    expect(told).not.toContain('hello');
    expect(told).not.toContain(SECRET);
  });

  test.each([0, 60_000, -60_000])(
    'after the third answer of the wrong shape, each of them booked as billed, with a clock of Temporal %i ms ahead',
    async (ahead) => {
      answerWith({ status: 200, body: { nothing: 'of use' } });
      const work = newWork();
      const again = anActivity(work, { scheduledTimestampMs: Date.now() + ahead });
      const types: unknown[] = [];
      for (let tries = 1; tries <= 3; tries += 1) types.push((await failureOf(again())).type);
      expect(types).toEqual(['BadReply', 'BadReply', 'TargetExhausted']);
      expect(await states(work)).toEqual(['rejected', 'rejected', 'rejected']);
    },
  );

  test.each([0, 120_000, -120_000])(
    "and answers to other calls: then only the item is given up, with a worker's clock %i ms ahead",
    async (ahead) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ahead });
      onTestFinished(() => void vi.useRealTimers());
      // An answer from before the first try says nothing.
      await make(newWork());
      const again = anActivity(newWork());
      const fail = async () => {
        answerWith({ status: 500, body: {} });
        bench.openGates();
        return (await failureOf(again())).type;
      };
      for (let tries = 1; tries <= 5; tries += 1) expect(await fail()).toBe('Transient');
      expect(await fail()).toBe('TargetExhausted');
      answerWith({ status: 200, body: { text: 'hello', chunks: [] } });
      bench.openGates();
      await make(newWork());
      expect(await fail()).toBe('ItemExhausted');
    },
  );

  test('after five minutes of rate limits where another target follows, and not where it is the last', async () => {
    answerWith({ status: 429, headers: { 'retry-after': '7' }, body: {} });
    const after = async (waitedMs: number, last: boolean) => {
      bench.openGates();
      const heartbeatDetails = { waitedMs };
      return (await failureOf(make(newWork(), { attempt: 2, heartbeatDetails }, { last }))).type;
    };
    expect([
      await after(5 * 60_000 - 60_000, false),
      await after(5 * 60_000, false),
      await after(5 * 60_000, true),
      await after(6 * 60 * 60_000, true),
    ]).toEqual(['RateLimited', 'TargetExhausted', 'RateLimited', 'TargetExhausted']);
  });

  test('by the time it asked for since its first refusal, and not by the time in our own queue', async () => {
    answerWith({ status: 429, headers: { 'retry-after': '7' }, body: {} });
    const waits: number[] = [];
    let heartbeatDetails: unknown;
    for (let tries = 1; tries <= 3; tries += 1) {
      bench.openGates();
      const failing = attempt(
        () => callTarget(bench.deps, call(), newWork()),
        { attempt: tries, heartbeatDetails, scheduledTimestampMs: Date.now() - 3_600_000 },
        (environment) =>
          environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
      );
      expect((await failureOf(failing)).type).toBe('RateLimited');
      waits.push((heartbeatDetails as { waitedMs: number }).waitedMs);
    }
    // Each pause is 7 to 8.4 s; the attempts themselves take some milliseconds.
    waits.forEach((waitedMs, earlier) => {
      expect(waitedMs).toBeGreaterThanOrEqual(7_000 * (earlier + 1));
      expect(waitedMs).toBeLessThanOrEqual(8_400 * (earlier + 1) + 1_500);
    });
  });

  test('not by the turns that other calls of ours have before it', async () => {
    const target = { ...bench.targets.transcribe, requestsPerMinute: 1, apiTokens: [SECRET] };
    const { inference } = bench.deps;
    const roles = { ...inference.roles, transcribe: [target] };
    const deps = { ...bench.deps, inference: { ...inference, roles } };
    const heartbeats: unknown[] = [];
    const once = () =>
      attempt(
        () => callTarget(deps, call({ target: recordTarget(target) }), newWork()),
        { startToCloseTimeoutMs: 20_000 },
        (environment) =>
          environment.on('heartbeat', (details: unknown) => heartbeats.push(details)),
      );
    await once();
    const failure = await failureOf(once());
    expect(failure).toMatchObject({ type: 'TargetClosed', nonRetryable: false });
    expect(failure.message).toContain('1 requests a minute');
    expect(heartbeats.at(-1)).toMatchObject({ waitedMs: null });
  });

  test('after five failures the target is paused for all callers, and tried again by one', async () => {
    answerWith({ status: 500, body: {} });
    for (let tries = 1; tries <= 5; tries += 1) await failureOf(make(newWork()));
    expect(bench.provider.requests).toHaveLength(5);
    const other = newWork();
    const failure = await failureOf(make(other));
    expect(failure).toMatchObject({ type: 'TargetClosed', nonRetryable: false });
    expect(failure.nextRetryDelay).toBeGreaterThan(1_000);
    expect(bench.provider.requests).toHaveLength(5);
    expect(await states(other)).toEqual([]);
  });

  test.each([
    [429, 1, 'TargetClosed', false],
    [500, 5, 'TargetExhausted', true],
  ])(
    'by a gate that closed four times in a row, where failures closed it: %i',
    async (status, firstClosing, type, nonRetryable) => {
      let nowMs = Date.now();
      const gate = createGate({ shared: null, now: () => new Date(nowMs) });
      const deps = { ...bench.deps, gate };
      const once = () => failureOf(attempt(() => callTarget(deps, call(), newWork())));
      answerWith({ status, body: {} });
      for (let failures = 0; failures < firstClosing + 3; failures += 1) {
        await once();
        if (failures >= firstClosing - 1 && failures < firstClosing + 2) nowMs += 60_000;
      }
      expect(await once()).toMatchObject({ type, nonRetryable });
      expect(bench.provider.requests).toHaveLength(firstClosing + 3);
    },
  );

  describe('with a small limit', () => {
    const limitedTo = (requestsPerMinute: number) => {
      const target = { ...bench.targets.transcribe, requestsPerMinute };
      const roles = { ...bench.deps.inference.roles, transcribe: [target] };
      const gate = createGate({ shared: null, now: () => new Date() });
      const deps = { ...bench.deps, gate, inference: { ...bench.deps.inference, roles } };
      const sentAt: number[] = [];
      bench.provider.answer = () => {
        sentAt.push(performance.now());
        return Promise.resolve({ status: 200, body: { text: 'Hello.' } });
      };
      const asked = call({ target: recordTarget(target) });
      return { sentAt, once: () => attempt(() => callTarget(deps, asked, newWork())) };
    };

    test('calls are sent at their turns', async () => {
      const { sentAt, once } = limitedTo(200);
      await Promise.all([once(), once(), once()]);
      // The third comes 600 ms after the first; a busy machine may delay the first.
      expect((sentAt[2] ?? 0) - (sentAt[0] ?? 0)).toBeGreaterThan(400);
    });

    test('a call whose turn is further away than half of its time comes again then', async () => {
      const { sentAt, once } = limitedTo(0.5);
      await once();
      const failure = await failureOf(once());
      expect(failure).toMatchObject({ type: 'TargetClosed', nonRetryable: false });
      expect(failure.message).toContain('0.5 requests a minute');
      expect(failure.nextRetryDelay).toBeGreaterThan(110_000);
      expect(sentAt).toHaveLength(1);
    });
  });

  describe('with several tokens, queued work is asked after', () => {
    const tokens = ['hf_one', 'hf_two'];
    const seen: string[] = [];
    /** It shows the work to the account that handed it in. */
    const queue = (refuses: () => boolean) => {
      seen.length = 0;
      bench.provider.answer = ({ path, headers }) => {
        const isQuestion = path.includes('/requests/');
        const who = headers.authorization?.replace(/^\w+ /, '') ?? 'nobody';
        seen.push(`${isQuestion ? 'asked' : 'handed in'} by ${who}`);
        const place = { request_id: 'r1', status: 'IN_PROGRESS' };
        if (!isQuestion) return Promise.resolve({ status: 200, body: place });
        const status = who === 'hf_two' ? 404 : refuses() ? 401 : 200;
        return Promise.resolve({ status, body: place });
      };
    };
    const asking = () => {
      const target = { ...bench.targets.transcribe, contract: 'fal' as const, apiTokens: tokens };
      const pool = createApiTokenPool({ now: () => new Date() });
      const { inference } = bench.deps;
      const roles = { ...inference.roles, transcribe: [target] };
      const deps = {
        ...bench.deps,
        inference: { ...inference, roles },
        apiTokenPoolOf: () => pool,
      };
      const work = newWork();
      // A second for the call: too short for the next question.
      const info = { startToCloseTimeoutMs: 16_000 };
      const asked = call({ target: recordTarget(target) });
      const once = () => failureOf(attempt(() => callTarget(deps, asked, work), info));
      return { once, work };
    };

    test('with the one that handed it in', async () => {
      queue(() => false);
      const { once, work } = asking();
      for (let tries = 1; tries <= 3; tries += 1)
        expect(await once()).toMatchObject({ type: 'ModelLoading', nonRetryable: false });
      expect(seen).toEqual(['handed in by hf_one', 'asked by hf_one', 'asked by hf_one']);
      expect(await states(work)).toEqual(['submitted']);
    });

    test('with another one where that is refused', async () => {
      queue(() => true);
      const { once, work } = asking();
      await once();
      expect(await once()).toMatchObject({ type: 'NextToken', nonRetryable: false });
      expect(await states(work)).toEqual(['submitted']);
      expect(await once()).toMatchObject({ type: 'Transient' });
      expect(seen).toEqual(['handed in by hf_one', 'asked by hf_one', 'asked by hf_two']);
      expect(await states(work)).toEqual(['in_doubt']);
    });
  });

  test('not by a refused token while another one is ready', async () => {
    const target = { ...bench.targets.transcribe, apiTokens: ['hf_revoked', 'hf_good'] };
    const pool = createApiTokenPool({ now: () => new Date() });
    const deps = {
      ...bench.deps,
      inference: {
        ...bench.deps.inference,
        roles: { ...bench.deps.inference.roles, transcribe: [target] },
      },
      apiTokenPoolOf: () => pool,
    };
    const seen: unknown[] = [];
    bench.provider.answer = ({ headers }) => {
      seen.push(headers.authorization);
      return Promise.resolve(
        headers.authorization === 'Bearer hf_good'
          ? { status: 200, body: { text: 'hello', chunks: [] } }
          : { status: 401, body: { error: 'Invalid username or password.' } },
      );
    };
    const work = newWork();
    const once = () => attempt(() => callTarget(deps, call({ last: true }), work));
    expect(await failureOf(once())).toMatchObject({ type: 'NextToken', nonRetryable: false });
    expect((await once()).reused).toBe(false);
    expect(seen).toEqual(['Bearer hf_revoked', 'Bearer hf_good']);
  });
});

test('a call in which six workers died is given up there, unsent', async () => {
  const work = newWork();
  const scheduledTimestampMs = Date.now() - 1_000;
  const gone = (deps: Dependencies): Dependencies => ({
    ...deps,
    transport: {
      ...deps.transport,
      // Not a verdict: as if nobody had lived to give one.
      send: () => Promise.reject(new Error('the process is gone')),
    },
  });
  for (let tries = 1; tries <= 6; tries += 1) {
    await expect(
      attempt(() => callTarget(gone(bench.deps), call(), work), {
        attempt: tries,
        scheduledTimestampMs,
      }),
    ).rejects.toThrow('the process is gone');
  }
  expect(await states(work)).toEqual(Array.from({ length: 6 }, () => 'in_doubt'));
  // Whatever the difference between the clocks of Temporal and the ledger.
  const failure = await failureOf(
    make(work, {
      attempt: 7,
      scheduledTimestampMs: scheduledTimestampMs + 3_600_000,
      currentAttemptScheduledTimestampMs: Date.now() + 3_600_000,
    }),
  );
  expect(failure).toMatchObject({ type: 'ItemExhausted', nonRetryable: true });
  expect(bench.provider.requests).toEqual([]);
  // A job that is run again begins anew.
  expect((await make(work, { attempt: 1 })).reused).toBe(false);
});

test('a 429 is retried after the time the server asked for, and raises no alarm', async () => {
  answerWith({ status: 429, headers: { 'retry-after': '7' }, body: {} });
  const work = newWork();
  const failure = await failureOf(make(work));
  expect(failure).toMatchObject({
    type: 'RateLimited',
    nonRetryable: false,
    category: ApplicationFailureCategory.BENIGN,
  });
  expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(7_000);
  expect(failure.nextRetryDelay).toBeLessThanOrEqual(8_400);
  expect(await states(work)).toEqual(['failed']);
});

test('the gate stays closed for the time that the server asked for', async () => {
  answerWith({ status: 429, headers: { 'retry-after': '7' }, body: {} });
  await failureOf(make(newWork()));
  const { state, closedForMs } = await bench.deps.gate.state(bench.recorded.transcribe.fingerprint);
  expect(state).toBe('closed');
  expect(closedForMs).toBeGreaterThan(5_000);
  expect(closedForMs).toBeLessThanOrEqual(7_000);
});

test('a call that somebody else makes is asked after in growing steps, and made once', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<ProviderAnswer>();
  bench.provider.answer = () => answered;
  const work = newWork();
  const holder = make(work);
  await untilAsked();
  for (const [tries, delay] of [
    [1, 2_000],
    [3, 6_000],
  ] as const) {
    const failure = await failureOf(make(work, { attempt: tries }));
    expect(failure).toMatchObject({
      type: 'CallInFlight',
      nonRetryable: false,
      nextRetryDelay: delay,
    });
  }
  answer({ status: 200, body: { text: 'hello', chunks: [] } });
  expect((await holder).reused).toBe(false);
  expect((await make(work)).reused).toBe(true);
  expect(bench.provider.requests).toHaveLength(1);
});

test('a call cancelled on its way is waited for, stored and settled; then the cancellation stands', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<ProviderAnswer>();
  bench.provider.answer = () => answered;
  const work = newWork();
  let cancel = () => undefined as void;
  const ended = attempt(
    () => callTarget(bench.deps, call(), work),
    {},
    (environment) => (cancel = () => environment.cancel()),
  ).catch((error: unknown) => error);
  await untilAsked();
  cancel();
  answer({ status: 200, body: { text: 'worth the wait', chunks: [] } });
  expect(await ended).toBeInstanceOf(CancelledFailure);
  expect(await states(work)).toEqual(['accepted']);
  expect(
    (await findResult(bench.deps.store, work.home, 'transcribe', work.workKey))?.answer,
  ).toMatchObject({ text: 'worth the wait' });
});

test('an activity cancelled before its call makes none', async () => {
  const work = newWork();
  const cancelled = attempt(
    () => callTarget(bench.deps, call(), work),
    {},
    (environment) => environment.cancel(),
  );
  await expect(cancelled).rejects.toThrow(CancelledFailure);
  expect(bench.provider.requests).toEqual([]);
  expect(await states(work)).toEqual([]);
});

test('what breaks because of a cancellation is a cancellation', async () => {
  const work = newWork({
    input: (signal) =>
      new Promise((_fetched, reject) => {
        signal.addEventListener('abort', () => reject(new Error('the connection was closed')));
      }),
  });
  const cancelled = attempt(
    () => callTarget(bench.deps, call(), work),
    {},
    (environment) => setTimeout(() => environment.cancel(), 100),
  );
  await expect(cancelled).rejects.toThrow(CancelledFailure);
  expect(bench.provider.requests).toEqual([]);
});

test('a provider that never answers is given up 15 s before Temporal would, as Transient and in doubt', async () => {
  bench.provider.answer = () => new Promise(() => undefined);
  const work = newWork();
  const failure = await failureOf(make(work, { startToCloseTimeoutMs: 16_000 }));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false });
  expect(await states(work)).toEqual(['in_doubt']);
});

test('a call whose input is late is not sent, and the attempt ends before Temporal ends it', async () => {
  let heard = false;
  const work = newWork({
    input: async (signal) => {
      signal.addEventListener('abort', () => (heard = true));
      return await new Promise(() => undefined);
    },
  });
  const startedAt = performance.now();
  await expect(make(work, { startToCloseTimeoutMs: 15_300 })).rejects.toThrow(
    /whisper: the input of the call was not ready in time.*tried again/,
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(heard).toBe(true);
  expect(bench.provider.requests).toEqual([]);
  expect(await states(work)).toEqual([]);
});

test('a call that was claimed too late is not sent', async () => {
  const ledger = {
    ...bench.deps.ledger,
    markSending: async (entryId: string, leaseMs: number) => {
      await new Promise((passed) => setTimeout(passed, 1_000));
      return await bench.deps.ledger.markSending(entryId, leaseMs);
    },
  };
  const work = newWork();
  const info = { startToCloseTimeoutMs: 15_900 };
  const failure = await failureOf(
    attempt(() => callTarget({ ...bench.deps, ledger }, call(), work), info),
  );
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false });
  expect(failure.message).toMatch(/no time was left/);
  expect(bench.provider.requests).toEqual([]);
  expect(await states(work)).toEqual(['failed']);
});

test('an answer that is refused is billed, booked as rejected and not stored', async () => {
  const refusal = new InferenceError('whisper answered nonsense', {
    kind: 'provider_bug',
    target: 'whisper',
    status: 200,
    charge: 'billed',
  });
  const work = newWork({ accept: () => Promise.reject(refusal) });
  expect(await failureOf(make(work))).toMatchObject({ type: 'BadReply', nonRetryable: false });
  expect(await states(work)).toEqual(['rejected']);
  expect(await findResult(bench.deps.store, work.home, 'transcribe', work.workKey)).toBeNull();
});

test("trouble of our own is nobody else's fault: it passes through, and no call is made", async () => {
  const trouble = new Error('the store is away');
  const work = newWork({ input: () => Promise.reject(trouble) });
  await expect(make(work)).rejects.toBe(trouble);
  expect(bench.provider.requests).toEqual([]);
  expect(await states(work)).toEqual([]);
});

async function untilAsked(): Promise<void> {
  while (bench.provider.requests.length === 0) {
    await new Promise((passed) => setTimeout(passed, 10));
  }
}
