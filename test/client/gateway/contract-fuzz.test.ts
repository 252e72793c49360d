import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_ROUTES } from '../../../client/gateway/api-routes.ts';
import { jobRoutes } from '../../../client/gateway/jobs/job-routes.ts';
import { freshTenant } from '../fresh-tenant.ts';
import { mostlyFitting, wild, type JsonSchema } from './arbitrary-of.ts';
import { createContractJudge, type Operation } from './contract-judge.ts';
import { finishedJob } from './jobs/finished-job.ts';
import { testGateway } from './test-gateway.ts';

/**
 * Requests made from the OpenAPI document itself: whatever they are, the answer is one that the document describes, and no
 * fault of ours. `npm run fuzz:gateway` sends many more.
 */

const REQUESTS = Number(process.env['HANSARD_FUZZ_REQUESTS'] ?? 250);
const SEED = Number(process.env['HANSARD_FUZZ_SEED'] ?? 20_261_130);

const tenant = freshTenant();
const FINISHED = 'a'.repeat(26);
let gateway: Awaited<ReturnType<typeof testGateway>>;
let judge: ReturnType<typeof createContractJudge>;
/** Ids of things that there are, by the word of their addresses. */
let known: Readonly<Record<string, readonly string[]>>;
let headers: { readonly authorization: string };
beforeAll(async () => {
  gateway = await testGateway({
    apiRoutes: API_ROUTES.map((routes) =>
      routes === jobRoutes
        ? // No worker is there to make a change: nobody waits for it.
          (context) => jobRoutes(context, { answerMs: 100, callsMs: 100 })
        : routes,
    ),
  });
  ({ headers } = await gateway.keyOf(tenant, 'admin'));
  const { id: keyId } = await gateway.keyOf(tenant, 'viewer', 'to be revoked');
  await finishedJob(gateway.services, tenant, FINISHED);
  const webhook = { url: 'https://hooks.example.com/', events: ['job.completed'] };
  known = {
    jobs: [FINISHED, FINISHED.slice(0, 8)],
    keys: [keyId],
    uploads: [await make('/api/uploads', { name: 'talk.m4a', bytes: 9_000_000 })],
    webhooks: [await make('/api/webhooks', webhook)],
  };
  judge = createContractJudge(gateway.app.swagger());
});
afterAll(async () => await gateway[Symbol.asyncDispose]());

async function make(url: string, payload: object): Promise<string> {
  const answer = await gateway.app.inject({ method: 'POST', url, headers, payload });
  expect(answer.statusCode).toBe(201);
  return answer.json<{ id: string }>().id;
}

interface FuzzedRequest {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** Of a path, things that there are, and others. */
const pathValue = ({ method, path }: Operation, name: string): Arbitrary<string> => {
  const [, , word = ''] = path.split('/');
  const files = ['minutes.md', 'transcript.json', 'minutes.sha256'];
  // Each change that could be made would wait for half a minute for a worker.
  const isChange = method === 'POST' && word === 'jobs';
  const ids = isChange ? ['y'.repeat(26)] : (known[word] ?? ['y'.repeat(26)]);
  return fc.oneof(
    {
      arbitrary: fc.constantFrom(...(name === 'name' ? files : ids)),
      weight: 4,
    },
    { arbitrary: fc.constantFrom('z'.repeat(26), 'short', '..', '%', '\0', 'é'), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), weight: 1 },
  );
};

/** A value of each parameter that is needed, and of some of the others. */
const parametersOf = (
  { parameters = [] }: Operation,
  place: 'query' | 'header',
): Arbitrary<Record<string, unknown>> => {
  const own = parameters.filter((one) => one.in === place);
  const [needed, optional] = [true, false].map((is) =>
    own.filter(({ required = false }) => required === is).map(({ name }) => name),
  );
  return fc
    .tuple(
      fc.record(Object.fromEntries(own.map(({ name, schema }) => [name, mostlyFitting(schema)]))),
      // Of many, most requests would have one that is wrong.
      fc.subarray(optional ?? [], { maxLength: Math.min(3, optional?.length ?? 0) }),
    )
    .map(([values, chosen]) => {
      const sent = [...(needed ?? []), ...chosen];
      return Object.fromEntries(sent.map((name) => [name, values[name]]));
    });
};

const TALK = 'Ann: We decided to hire a painter.\n';

/** Bodies with their types: what the operation takes, and what it does not. */
function bodyOf({ requestBody }: Operation): Arbitrary<readonly [string, string] | null> {
  const nothing = fc.constant(null);
  if (requestBody === undefined) {
    return fc.oneof(nothing, fc.constant(['application/json', ''] as const), anyBody);
  }
  const ofSchema = Object.entries(requestBody.content).map(([type, { schema = {} }]) =>
    (schema as JsonSchema & { format?: string }).format === 'binary'
      ? fc.constantFrom(TALK, 'WEBVTT\n', '', '\0'.repeat(100)).map((text) => [type, text] as const)
      : mostlyFitting(schema).map((value) => [type, JSON.stringify(value) ?? ''] as const),
  );
  return fc.oneof(
    { arbitrary: fc.oneof(...ofSchema), weight: 8 },
    { arbitrary: anyBody, weight: 1 },
    { arbitrary: nothing, weight: 1 },
  );
}

const anyBody = fc.tuple(
  fc.constantFrom('application/json', 'text/csv', 'text/plain', 'nonsense', 'audio/mp4'),
  wild.map(asText),
);

/** What a header can have: the client library would refuse the rest. */
const headerText = (value: unknown): string => asText(value).replaceAll(/[^\x20-\x7e]/g, '?');

const requestOf = (operation: Operation): Arbitrary<FuzzedRequest> => {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return fc
    .record({
      path: fc.tuple(...names.map((name) => pathValue(operation, name))),
      query: parametersOf(operation, 'query'),
      extra: fc.oneof(
        { arbitrary: fc.constant({}), weight: 9 },
        { arbitrary: fc.record({ unknown: wild }), weight: 1 },
      ),
      sent: parametersOf(operation, 'header'),
      body: operation.method === 'GET' ? fc.constant(null) : bodyOf(operation),
      hasKey: fc.oneof(
        { arbitrary: fc.constant(true), weight: 30 },
        { arbitrary: fc.constant(false), weight: 1 },
      ),
      condition: fc.constantFrom({}, {}, {}, { 'if-none-match': '*' }),
    })
    .map(({ path, query, extra, sent, body, hasKey, condition }) => {
      const values = path.map((value) => encodeURIComponent(value.toWellFormed()));
      const address = operation.path.replaceAll(/\{\w+\}/g, () => values.shift() ?? '');
      const search = new URLSearchParams(
        Object.entries({ ...query, ...extra }).map(([name, value]): [string, string] => [
          name,
          asText(value).toWellFormed(),
        ]),
      );
      return {
        operation,
        url: search.size === 0 ? address : `${address}?${search.toString()}`,
        headers: {
          ...(hasKey && headers),
          ...condition,
          ...Object.fromEntries(
            Object.entries(sent).map(([name, value]) => [name, headerText(value)]),
          ),
          ...(body !== null && { 'content-type': body[0] }),
        },
        payload: body?.[1],
      };
    });
};

/** As many of each operation, in turns: those of one stay as they are when another one comes. */
function requestsOf(operations: readonly Operation[]): readonly FuzzedRequest[] {
  const turns = Math.ceil(REQUESTS / operations.length);
  const each = operations.map((one) => fc.sample(requestOf(one), { numRuns: turns, seed: SEED }));
  return Array.from({ length: turns }, (_, turn) => each.flatMap((of) => of[turn] ?? [])).flat();
}

test(
  'every answer is one that the document describes, whatever is asked',
  async () => {
    const statuses = new Map<string, Set<number>>();
    /** By operation and fault, the first request that has it. */
    const faults: Record<string, Omit<FuzzedRequest, 'operation' | 'headers'>> = {};
    for (const { operation, url, headers: sent, payload } of requestsOf(judge.operations)) {
      const { method, operationId } = operation;
      const answer = await gateway.app.inject({
        method,
        url,
        headers: sent,
        ...(payload !== undefined && { payload }),
      });
      const seen = statuses.get(operationId) ?? new Set();
      statuses.set(operationId, seen.add(answer.statusCode));
      const fault = judge.faultOf(operation, answer);
      if (fault === null) continue;
      const name = `${operationId}: ${fault}`;
      if (!(name in faults)) console.error(name, url, payload);
      faults[name] ??= { url, payload };
    }
    expect(faults).toEqual({});
    // Not only refusals were looked at.
    const succeeded = [...statuses].flatMap(([name, seen]) =>
      [...seen].some((status) => status < 300) ? [name] : [],
    );
    expect(succeeded).toEqual(expect.arrayContaining(SUCCEED));
  },
  REQUESTS * 500,
);

/** Those that nearly every request of theirs fits. */
const SUCCEED = [
  'listJobs',
  'listKeys',
  'listSchedules',
  'listTargets',
  'listVersions',
  'readJob',
  'readUpload',
  'readWebhook',
  'searchLibrary',
  'watchJob',
];
