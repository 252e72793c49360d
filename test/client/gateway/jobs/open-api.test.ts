import { expect, test } from 'vitest';
import { openGateway } from './gateway-bench.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: unknown; readonly description: string }>
  >;
}

test('every route of jobs is described: what it takes, and what it answers', async () => {
  await using gateway = await openGateway({});
  await gateway.app.ready();
  const { paths = {} } = gateway.app.swagger();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      name: `${method} ${path}`,
      operation,
    })),
  );
  expect(operations.map(({ name }) => name).toSorted()).toEqual([
    'get /api/jobs',
    'get /api/jobs/{id}',
    'get /api/jobs/{id}/audio',
    'get /api/jobs/{id}/change',
    'get /api/jobs/{id}/changes',
    'get /api/jobs/{id}/events',
    'get /api/jobs/{id}/explain',
    'get /api/jobs/{id}/exports',
    'get /api/jobs/{id}/exports/{name}',
    'get /api/jobs/{id}/versions',
    'get /api/library',
    'post /api/jobs',
    'post /api/jobs/{id}/approve',
    'post /api/jobs/{id}/cancel',
    'post /api/jobs/{id}/delegate',
    'post /api/jobs/{id}/edit',
    'post /api/jobs/{id}/join-speakers',
    'post /api/jobs/{id}/rename-speaker',
    'post /api/jobs/{id}/resummarize',
    'post /api/jobs/{id}/retry',
    'post /api/jobs/{id}/return',
  ]);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(operations.length);
  for (const { name, operation } of operations) {
    expect([name, operation.summary, operation.tags?.length]).toEqual([
      name,
      expect.stringMatching(/^[A-Z]/) as string,
      1,
    ]);
    const described = (operation.parameters ?? []).map((one) => `${one.in} ${one.name}`);
    for (const [, parameter = ''] of name.matchAll(/\{(\w+)\}/g)) {
      expect(described).toContain(`path ${parameter}`);
    }
    for (const [status, { content }] of Object.entries(operation.responses)) {
      expect([name, status, content === undefined]).toEqual([
        name,
        status,
        status === '204' || status === '304',
      ]);
    }
  }
  const create = operations.find(({ name }) => name === 'post /api/jobs')?.operation;
  expect(create?.requestBody?.content['application/octet-stream']).toEqual({
    schema: { type: 'string', format: 'binary' },
  });
  expect(create?.requestBody?.content['application/json']).toMatchObject({
    schema: { properties: { upload: { type: 'string' }, image: { default: true } } },
  });
  const list = operations.find(({ name }) => name === 'get /api/jobs')?.operation;
  expect(list?.parameters?.map((one) => one.name)).toEqual(['limit', 'cursor', 'status']);
});
