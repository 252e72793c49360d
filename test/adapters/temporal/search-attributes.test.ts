import { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import {
  missingSearchAttributes,
  registerSearchAttributes,
  requireSearchAttributes,
  SearchAttributeRefusedError,
  SearchAttributesMissingError,
  STAGE_KEY,
  TENANT_KEY,
} from '../../../adapters/temporal/search-attributes.ts';
import { TemporalNamespaceError } from '../../../adapters/temporal/temporal-errors.ts';
import { SEARCH_ATTRIBUTES } from '../../../workflows/contracts/names.ts';
import { freshNamespace } from './fresh-namespace.ts';

test('what is missing is named, registered once, and can be used at once', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  expect(await missingSearchAttributes(client)).toEqual(SEARCH_ATTRIBUTES);
  const required = requireSearchAttributes(client);
  await expect(required).rejects.toThrow(SearchAttributesMissingError);
  await expect(required).rejects.toThrow(/Tenant, Stage, Language, Degraded.*hansard -- migrate/);

  expect(await registerSearchAttributes(client)).toEqual(SEARCH_ATTRIBUTES);
  const handle = await client.workflow.start('anything', {
    taskQueue: 'nobody',
    workflowId: 'uses-them',
    typedSearchAttributes: [
      { key: TENANT_KEY, value: 'ann' },
      { key: STAGE_KEY, value: 'prepare' },
    ],
  });
  expect((await handle.describe()).typedSearchAttributes.get(TENANT_KEY)).toBe('ann');

  expect(await registerSearchAttributes(client)).toEqual([]);
  expect(await missingSearchAttributes(client)).toEqual([]);
});

test('two registrations at the same time both end well', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  await Promise.all([1, 2].map(() => registerSearchAttributes(client)));
  expect(await missingSearchAttributes(client)).toEqual([]);
});

test('a name that is taken by another type is refused with the command that makes ours', async () => {
  await using fresh = await freshNamespace();
  const { client, namespace } = fresh;
  const TEXT = 1; // INDEXED_VALUE_TYPE_TEXT
  await client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { Stage: TEXT },
  });
  await expect.poll(() => missingSearchAttributes(client)).toContain('Stage');
  const registered = registerSearchAttributes(client);
  await expect(registered).rejects.toThrow(SearchAttributeRefusedError);
  await expect(registered).rejects.toThrow(/Stage.*another type.*--name Stage --type Keyword/);
});

test('a namespace that does not exist is named, with the command that makes it', async () => {
  await using fresh = await freshNamespace();
  const { connection } = fresh.client;
  const asked = missingSearchAttributes(new Client({ connection, namespace: 'nowhere' }));
  await expect(asked).rejects.toThrow(TemporalNamespaceError);
  await expect(asked).rejects.toThrow(/nowhere.*TEMPORAL_NAMESPACE/);
});
