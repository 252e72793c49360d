import { Agent } from 'undici';
import { afterAll, describe, expect, test } from 'vitest';
import { createExchange } from '../../../adapters/inference/wire/exchange.ts';
import type { Target } from '../../../adapters/inference/targets/target.ts';
import { createGate } from '../../../adapters/inference/limits/create-gate.ts';
import { createRedisGateStore } from '../../../adapters/inference/limits/gate-store.ts';
import { fingerprint } from '../../../adapters/inference/targets/record-target.ts';
import { modelsLines } from '../../../client/cli/render-models.ts';
import { createGateReports } from '../../../client/models/gate-reports.ts';
import { checkModels } from '../../../client/models/models-check.ts';
import { modelsReportSchema, type ModelsReport } from '../../../client/models/models-report.ts';
import { probeTarget } from '../../../client/models/probe-target.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { aTarget, SECRET } from '../../adapters/inference/a-target.ts';
import { withServer } from '../../adapters/inference/with-server.ts';

const agent = new Agent();
afterAll(() => agent.destroy());
const exchange = createExchange({ agent, userAgent: 'hansard/test' });

type Answers = Record<string, { status?: number; body?: unknown }>;
interface Options {
  readonly answers?: Answers;
  readonly targets: readonly Partial<Target>[];
  readonly skipped?: readonly { role: Role; name: string; variable: string }[];
  readonly role?: Role;
  readonly gates?: Parameters<typeof checkModels>[0]['gates'];
}

/** One server is the router, the hub, the management API and every server of one's own. */
async function check(options: Options): Promise<{ report: ModelsReport; asked: string[] }> {
  const asked: string[] = [];
  return await withServer(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const path = (request.url ?? '').split('?')[0] ?? '';
      const { status, body } = options.answers?.[path] ?? { status: 404, body: {} };
      response.writeHead(status ?? 200, { location: '/elsewhere' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
    },
    async (url) => {
      // The router is told from a server of one's own by its host.
      const own = url.replace('127.0.0.1', 'localhost');
      const targets = options.targets.map((change, n) =>
        aTarget({
          name: `t${n}`,
          model: 'a/model',
          ...change,
          baseUrl: change.baseUrl ?? (OWN.includes(change.contract ?? '') ? own : url),
        }),
      );
      const of = (role: Role) => targets.filter((target) => target.role === role);
      const report = await checkModels({
        configuration: {
          roles: {
            transcribe: of('transcribe'),
            diarize: of('diarize'),
            summarize: of('summarize'),
            illustrate: of('illustrate'),
            moderate: of('moderate'),
            classify: of('classify'),
            generate: of('generate'),
            embed: of('embed'),
          },
          skipped: options.skipped ?? [],
          patience: { nextTargetMs: 1, lastTargetMs: 1, probeMs: 1 },
          services: { routerUrl: url, hubUrl: url, endpointsUrl: `${url}/v2`, hubTokens: [] },
        },
        exchange,
        gates: options.gates ?? createGateReports(null),
        role: options.role ?? null,
        signal: new AbortController().signal,
      });
      expect(modelsReportSchema.parse(report)).toEqual(report);
      expect(JSON.stringify(report) + modelsLines(report).join()).not.toContain(SECRET);
      return { report, asked };
    },
  );
}
const OWN = ['openai', 'tgi', 'toolkit', 'hfendpoints'];

/** The report and the requests of a single target that transcribes. */
async function one(target: Partial<Target>, answers: Answers = {}) {
  const { report, asked } = await check({
    targets: [target],
    answers,
    role: target.role ?? 'transcribe',
  });
  const [reported] = report.roles[0]?.targets ?? [];
  if (reported === undefined) throw new Error('nothing was reported');
  return { ...reported, asked, lines: modelsLines(report) };
}

const MAPPED = {
  '/api/models/a/model': {
    body: {
      inferenceProviderMapping: {
        'hf-inference': { status: 'live', providerId: 'x', task: 'automatic-speech-recognition' },
      },
    },
  },
};

describe('a target behind the router', () => {
  test('is asked for by the list of models and by the mapping, and never by its own route', async () => {
    const { asked, ...found } = await one({ price: null, requestsPerMinute: 60 }, MAPPED);
    expect(asked.toSorted()).toEqual([
      'GET /api/models/a/model?expand[]=inferenceProviderMapping',
      'GET /api/whoami-v2',
      'GET /v1/models/a/model',
    ]);
    expect(found).toMatchObject({
      target: 't0',
      contract: 'hf-task',
      usable: true,
      reachability: { state: 'reachable', detail: null },
      latencyMs: expect.any(Number) as number,
      gate: { state: 'unknown', reason: null, closedForMs: 0, detail: 'no Redis' },
      price: null,
      priceSource: null,
      contextTokens: null,
      contextSource: null,
      limits: { audioSeconds: 28, bodyBytes: null, requestsPerMinute: 60, concurrency: 4 },
      mapping: { state: 'live', provider: 'hf-inference', taskMatches: true },
    });
    expect(found.lines.join('\n')).toMatch(/reachable +\d+ ms +unknown \(no Redis\) +unknown/);
  });

  test('is asked even where it starts cold: the router does not wake it', async () => {
    const found = await one({ coldStart: true }, MAPPED);
    expect(found.reachability.state).toBe('reachable');
  });

  test('that nobody serves is not usable, though the router answers', async () => {
    expect(await one({})).toMatchObject({
      usable: false,
      reachability: { state: 'reachable' },
      mapping: { state: 'absent' },
    });
  });

  test('that costs nothing is free, and one without a price has an unknown one', async () => {
    const target = { role: 'summarize', contract: 'hf-chat' } as const;
    const said = async (change: object) => {
      const body = { providers: [{ provider: 'a', status: 'live', ...change }] };
      const { lines, price } = await one(target, { '/v1/models/a/model': { body } });
      return { price, line: lines.find((text) => text.includes('t0')) };
    };
    const free = await said({ pricing: { input: 0, output: 0 }, is_free: true });
    expect(free.price).toMatchObject({ inputPerMillion: 0 });
    expect(free.line).toMatch(/ free \(listed\) /);
    for (const change of [{ pricing: { input: 0, output: 0 } }, {}]) {
      const { price, line } = await said(change);
      expect(price).toBeNull();
      expect(line).not.toMatch(/\$0|free/);
    }
  });

  test('by hf-chat learns price and context from the router', async () => {
    const body = {
      providers: [
        {
          provider: 'a',
          status: 'live',
          context_length: 131_072,
          pricing: { input: 0.25, output: 0.69 },
        },
      ],
    };
    const answers = { '/v1/models/a/model': { body } };
    const target = { role: 'summarize', contract: 'hf-chat', model: 'a/model:cheapest' } as const;
    const found = await one(target, answers);
    expect(found).toMatchObject({
      usable: true,
      price: { inputPerMillion: 0.25, outputPerMillion: 0.69 },
      priceSource: 'listed',
      contextTokens: 131_072,
      contextSource: 'learned',
      mapping: { state: 'live', provider: 'a' },
    });
    expect(found.lines.join('\n')).toContain(
      '$0.25 in, $0.69 out a million tokens (listed)  131072 (learned)',
    );
    const price = {
      inputPerMillion: 1,
      outputPerMillion: null,
      perAudioMinute: null,
      perImage: null,
      perComputeSecond: null,
    };
    expect(await one({ ...target, price, contextTokens: 8192 }, answers)).toMatchObject({
      price,
      priceSource: 'configured',
      contextTokens: 8192,
      contextSource: 'configured',
    });
  });
});

describe('a token', () => {
  test('that the router wants and that is not set is a refusal, and the router is not asked', async () => {
    const found = await one({ apiTokens: [], tokenVariable: 'HF_TOKEN' }, MAPPED);
    expect(found).toMatchObject({
      usable: false,
      reachability: { state: 'refused', detail: 'HF_TOKEN is not set' },
    });
    expect(found.asked.join()).not.toContain('/v1/models');
  });

  test('of the router that Hugging Face does not know is a refusal, though its list is public', async () => {
    const standing = (status: number) => ({ ...MAPPED, '/api/whoami-v2': { status } });
    const detail = 'Hugging Face does not know the token in HF_TOKEN';
    const found = await one({ tokenVariable: 'HF_TOKEN' }, standing(401));
    expect(found).toMatchObject({ usable: false, reachability: { state: 'refused', detail } });
    expect(found.lines.join('\n')).toContain(`refused: ${detail}`);
    for (const status of [200, 403, 429, 500])
      expect(await one({}, standing(status))).toMatchObject({
        usable: true,
        reachability: { state: 'reachable', detail: null },
      });
    const { asked } = await one({ contract: 'openai' }, standing(401));
    expect(asked).toEqual(['GET /v1/models']);
  });

  test("that is not set is told where a server of one's own wants one, as jobs would find", async () => {
    const target = { contract: 'openai', apiTokens: [], tokenVariable: 'WHISPER_TOKEN' } as const;
    const models = (status: number) => ({ '/v1/models': { status, body: { data: [] } } });
    expect(await one(target, models(200))).toMatchObject({
      usable: true,
      reachability: { state: 'reachable' },
    });
    expect(await one(target, models(401))).toMatchObject({
      usable: false,
      reachability: { state: 'refused', detail: '401, and WHISPER_TOKEN is not set' },
    });
    expect(await one({ ...target, tokenVariable: null }, models(401))).toMatchObject({
      reachability: { state: 'refused', detail: '401, and it is called without a token' },
    });
  });

  test('that is refused is told with its status', async () => {
    const found = await one({ contract: 'openai' }, { '/v1/models': { status: 401 } });
    expect(found).toMatchObject({
      usable: false,
      reachability: { state: 'refused', detail: '401' },
    });
    expect(found.lines.join('\n')).toContain('refused: 401');
  });
});

test('a target with several tokens is refused only where all of them are', async () => {
  const seen: (string | undefined)[] = [];
  await withServer(
    (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer two' ? 200 : 403).end('{}');
    },
    async (baseUrl) => {
      const services = { routerUrl: 'http://r', hubUrl: '', endpointsUrl: '', hubTokens: [] };
      const { signal } = new AbortController();
      const probe = async (...tokens: string[]) =>
        (
          await probeTarget(
            aTarget({ contract: 'openai', baseUrl, apiTokens: tokens }),
            { services, exchange },
            signal,
          )
        ).reachability;
      expect(await probe('one', 'two', 'three')).toMatchObject({ state: 'reachable' });
      expect(await probe('one', 'three')).toEqual({ state: 'refused', detail: '403' });
      expect(seen).toEqual(['one', 'two', 'one', 'three'].map((token) => `Bearer ${token}`));
    },
  );
});

test("a provider's own host is shown the key under that provider's word for it", async () => {
  const seen: unknown[] = [];
  const services = { routerUrl: 'http://r', hubUrl: '', endpointsUrl: '', hubTokens: [] };
  const found = await probeTarget(
    aTarget({ contract: 'fal', baseUrl: 'https://fal.run', apiTokens: ['key'] }),
    {
      services,
      exchange: ({ headers }) => {
        seen.push(headers['authorization']);
        return Promise.resolve({ status: 404, headers: {}, bytes: new Uint8Array() });
      },
    },
    new AbortController().signal,
  );
  expect(seen).toEqual(['Key key']);
  expect(found.reachability.state).toBe('reachable');
});

describe("a server of one's own", () => {
  test('may list hundreds of models with long descriptions', async () => {
    const data = Array.from({ length: 600 }, (_, n) => ({ id: `o/${n}`, about: 'x'.repeat(4000) }));
    const listed = { id: 'a/model', max_model_len: 8192 };
    const body = { object: 'list', data: [...data, listed] };
    expect(await one({ contract: 'openai' }, { '/v1/models': { body } })).toMatchObject({
      reachability: { state: 'reachable', detail: null },
      contextTokens: 8192,
    });
  });

  test.each([
    ['openai', '/v1/models'],
    ['tgi', '/info'],
    ['toolkit', '/health'],
    ['hfendpoints', '/health'],
  ] as const)('by %s is asked %s', async (contract, path) => {
    const role = contract === 'tgi' ? 'summarize' : 'transcribe';
    const found = await one({ contract, role }, { [path]: { body: {} } });
    expect(found).toMatchObject({
      usable: true,
      reachability: { state: 'reachable', detail: null },
      mapping: null,
    });
    expect(found.asked).toEqual([`GET ${path}`]);
  });

  test('by openai says how long a context it takes, and which models it has', async () => {
    const list = (id: string) => ({ body: { data: [{ id, max_model_len: 32_768 }, { id: 'x' }] } });
    const target = { contract: 'openai', role: 'summarize' } as const;
    expect(await one(target, { '/v1/models': list('a/model') })).toMatchObject({
      contextTokens: 32_768,
      contextSource: 'learned',
    });
    const llama = {
      body: { data: [{ id: 'a/model', meta: { n_ctx: 16_384, n_ctx_train: 1e6 } }] },
    };
    expect(await one(target, { '/v1/models': llama })).toMatchObject({ contextTokens: 16_384 });
    expect(await one(target, { '/v1/models': list('a/other') })).toMatchObject({
      contextTokens: null,
      reachability: { state: 'reachable', detail: 'it does not list the model' },
    });
  });

  test('by openai without a list of models is reachable, with a remark', async () => {
    expect(await one({ contract: 'openai' })).toMatchObject({
      usable: true,
      reachability: { state: 'reachable', detail: '404 to /v1/models' },
    });
  });

  test('by tgi says how long a context it takes', async () => {
    const answers = { '/info': { body: { model_id: 'x', max_total_tokens: 4096 } } };
    expect(await one({ contract: 'tgi', role: 'summarize' }, answers)).toMatchObject({
      contextTokens: 4096,
    });
  });

  test.each([302, 404, 500, 503])(
    'that answers %i to a look at its health is unreachable',
    async (status) => {
      const found = await one({ contract: 'toolkit' }, { '/health': { status } });
      expect(found).toMatchObject({
        usable: false,
        reachability: { state: 'unreachable', detail: `${status} to /health` },
      });
    },
  );

  test('that answers nonsense is reachable and has taught us nothing', async () => {
    const found = await one({ contract: 'openai' }, { '/v1/models': { body: '<html>' } });
    expect(found).toMatchObject({ reachability: { state: 'reachable' }, contextTokens: null });
  });

  test('that is not there is unreachable', async () => {
    const found = await one({ contract: 'openai', baseUrl: 'http://127.0.0.1:9' });
    expect(found).toMatchObject({
      usable: false,
      reachability: { state: 'unreachable', detail: 'ECONNREFUSED' },
      latencyMs: null,
    });
    expect(found.lines.join('\n')).toContain('unreachable: ECONNREFUSED');
  });

  test('that starts cold is not probed: that would wake it', async () => {
    const found = await one({ contract: 'openai', coldStart: true });
    expect(found).toMatchObject({ usable: true, reachability: { state: 'not_probed' } });
    expect(found.lines.join('\n')).toMatch(/not probed \(a probe would wake it/);
    expect(found.asked).toEqual([]);
  });
});

describe('an endpoint under management', () => {
  const managed = (resume = false): Partial<Target> => ({
    contract: 'openai',
    coldStart: true,
    endpoint: {
      namespace: 'acme',
      name: 'whisper',
      resume,
      apiTokens: ['hf_management'],
      tokenVariable: 'MANAGEMENT',
    },
  });
  const STATE = '/v2/endpoint/acme/whisper';
  const inState = (state: string) => ({ [STATE]: { body: { status: { state } } } });

  test.each([
    ['scaledToZero', false, true, 'asleep', 'scaledToZero'],
    ['initializing', false, true, 'asleep', 'initializing'],
    ['paused', true, true, 'asleep', 'paused; a job resumes it'],
    ['paused', false, false, 'unreachable', 'its endpoint is paused'],
    ['failed', true, false, 'unreachable', 'its endpoint is failed'],
  ])('that is %s (resume: %s) is left asleep', async (state, resume, usable, word, detail) => {
    const found = await one(managed(resume), inState(state));
    expect(found).toMatchObject({ usable, reachability: { state: word, detail } });
    expect(found.asked).toEqual([`GET ${STATE}`]);
  });

  test('that runs is probed like any other server', async () => {
    const found = await one(managed(), { ...inState('running'), '/v1/models': { body: {} } });
    expect(found.reachability).toEqual({ state: 'reachable', detail: null });
    expect(found.asked).toEqual([`GET ${STATE}`, 'GET /v1/models']);
  });

  test('of which the management API says nothing is not probed', async () => {
    const found = await one(managed(), { [STATE]: { status: 401 } });
    expect(found).toMatchObject({
      usable: true,
      reachability: { state: 'not_probed', detail: 'the management API: 401' },
    });
    expect(found.asked).toEqual([`GET ${STATE}`]);
  });
});

describe('the whole', () => {
  const sound = { '/v1/models': { body: {} } };
  const chain = (role: Role): Partial<Target> => ({ role, contract: 'openai' });
  const four = (['transcribe', 'summarize', 'illustrate', 'moderate'] as const).map(chain);

  test('is usable where every role of a job has a usable target', async () => {
    const refused = { ...chain('moderate'), baseUrl: 'http://127.0.0.1:9' };
    const { report } = await check({ targets: [...four, refused], answers: sound });
    expect(report).toMatchObject({ schemaVersion: 1, usable: true });
    expect(report.roles.map(({ role, targets }) => [role, targets.length])).toEqual([
      ['transcribe', 1],
      ['summarize', 1],
      ['illustrate', 1],
      ['moderate', 2],
    ]);
  });

  test('does without a target for speakers, and shows one that there is', async () => {
    const broken = {
      ...chain('diarize'),
      contract: 'toolkit' as const,
      baseUrl: 'http://127.0.0.1:9',
    };
    const { report } = await check({
      targets: [...four, broken],
      answers: sound,
    });
    expect(report.usable).toBe(true);
    expect(report.roles[1]).toMatchObject({ role: 'diarize', usable: false });
  });

  test('is not where one has none; a role for batches does not count', async () => {
    const broken = { ...chain('embed'), baseUrl: 'http://127.0.0.1:9' };
    const whole = await check({ targets: [...four, broken], answers: sound });
    expect(whole.report.usable).toBe(true);
    expect(whole.report.roles.at(-1)).toMatchObject({ role: 'embed', usable: false });
    const { report } = await check({ targets: four.slice(1), answers: sound });
    expect(report.usable).toBe(false);
    expect(report.roles[0]).toMatchObject({ role: 'transcribe', usable: false, targets: [] });
    expect(modelsLines(report).join('\n')).toMatch(
      /transcribe: no target is usable\n.*roles\.transcribe/,
    );
  });

  test('is one role where one is asked for', async () => {
    const { report } = await check({ targets: four, answers: sound, role: 'summarize' });
    expect(report).toMatchObject({ usable: true, roles: [{ role: 'summarize' }] });
    expect(report.roles).toHaveLength(1);
  });

  test('names what was skipped, with its variable', async () => {
    const skipped = [{ role: 'transcribe' as const, name: 'mine', variable: 'WHISPER_URL' }];
    const { report } = await check({ targets: four, answers: sound, skipped });
    expect(report.roles[0]?.skipped).toEqual([{ target: 'mine', variable: 'WHISPER_URL' }]);
    expect(modelsLines(report)).toContain('  mine is skipped: WHISPER_URL is not set');
  });

  test('asks eight targets at a time', async () => {
    let [now, most] = [0, 0];
    const targets = Array.from({ length: 20 }, () => ({ contract: 'openai' as const }));
    const gates = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((passed) => setTimeout(passed, 20));
      now -= 1;
      return await createGateReports(null)(aTarget());
    };
    const { report } = await check({ targets, answers: sound, gates, role: 'transcribe' });
    expect(report.roles[0]?.targets.map(({ target }) => target)).toEqual(
      targets.map((_, n) => `t${n}`),
    );
    expect(most).toBe(8);
  });
});

describe('a gate', () => {
  /** As much of Redis as the gates need, for one process. */
  const memoryRedis = () => {
    const kept = new Map<string, string>();
    return {
      eval: (
        _: string,
        given: { readonly keys: readonly string[]; readonly arguments: readonly unknown[] },
      ) => {
        const key = given.keys[0] ?? '';
        const [before, next] = given.arguments;
        if (before === undefined)
          return Promise.resolve([kept.get(key) ?? '', String(Math.floor(Date.now() / 1000)), '0']);
        kept.set(key, String(next));
        return Promise.resolve(1);
      },
    };
  };

  test('that a worker closed is told, with its reason', async () => {
    const redis = memoryRedis();
    const gate = createGate({ shared: createRedisGateStore(redis), now: () => new Date() });
    const key = fingerprint(aTarget());
    const admission = await gate.admit(key);
    if (!admission.admitted) throw new Error('it is open');
    await gate.report(key, admission, { answered: false, kind: 'rate_limited', waitMs: 90_000 });
    const report = await createGateReports(redis)(aTarget());
    expect(report).toMatchObject({ state: 'closed', reason: 'rate_limited', detail: null });
    expect(report.closedForMs).toBeGreaterThan(80_000);
    expect(await createGateReports(redis)(aTarget({ model: 'a/other' }))).toMatchObject({
      state: 'open',
    });
    const { report: whole } = await check({
      targets: [{ contract: 'openai' }],
      gates: () => Promise.resolve(report),
      role: 'transcribe',
    });
    expect(modelsLines(whole).join('\n')).toMatch(/closed for \d\d s \(rate_limited\)/);
  });

  test('behind a Redis that does not answer is unknown, and not open', async () => {
    const reports = createGateReports({ eval: () => Promise.reject(new Error('away')) });
    expect(await reports(aTarget())).toMatchObject({
      state: 'unknown',
      detail: 'Redis does not answer',
    });
  });
});
