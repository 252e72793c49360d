import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setTimeout } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES, type SearchAttribute } from '../../workflows/contracts/names.ts';
import {
  ALREADY_EXISTS,
  grpcCode,
  NOT_FOUND,
  PERMISSION_DENIED,
  UNIMPLEMENTED,
} from './grpc-status.ts';
import { TemporalNamespaceError } from './temporal-errors.ts';

export const TENANT_KEY = defineSearchAttributeKey('Tenant', SearchAttributeType.KEYWORD);
export const STAGE_KEY = defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD);

/** Hansard's search attributes that the namespace lacks, or has with another type. */
export async function missingSearchAttributes(client: Client): Promise<readonly SearchAttribute[]> {
  const types = await registeredTypes(client);
  return SEARCH_ATTRIBUTES.filter((name) => types.get(name) !== KEYWORD);
}

/** Throws `SearchAttributesMissingError`, which names the missing ones and the remedy. */
export async function requireSearchAttributes(client: Client): Promise<void> {
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return;
  throw new SearchAttributesMissingError(
    `the Temporal namespace ${client.options.namespace} lacks the search attributes ${missing.join(', ')}: ` +
      'run npm run -s hansard -- migrate',
  );
}

/**
 * Registers the missing attributes, waits until the whole server knows them, and returns their names. Throws
 * `SearchAttributeRefusedError` when one has another type, or the server only lets its operator add them.
 */
export async function registerSearchAttributes(
  client: Client,
): Promise<readonly SearchAttribute[]> {
  const { connection } = client;
  const { namespace } = client.options;
  const types = await registeredTypes(client);
  const missing = SEARCH_ATTRIBUTES.filter((name) => types.get(name) !== KEYWORD);
  const taken = missing.filter((name) => types.has(name));
  if (taken.length > 0) {
    throw new SearchAttributeRefusedError(namespace, taken, 'they have another type');
  }
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  try {
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    }
  } catch (error) {
    const code = grpcCode(error);
    if (code === PERMISSION_DENIED || code === UNIMPLEMENTED) {
      throw new SearchAttributeRefusedError(namespace, missing, 'the server refuses it', error);
    }
    // Otherwise another process registered them at the same time.
    if (code !== ALREADY_EXISTS) throw error;
  }
  await untilVisible(client);
  return missing;
}

export class SearchAttributesMissingError extends Error {
  override readonly name = 'SearchAttributesMissingError';
}

export class SearchAttributeRefusedError extends Error {
  override readonly name = 'SearchAttributeRefusedError';

  constructor(namespace: string, names: readonly string[], reason: string, cause?: unknown) {
    const commands = names.map(
      (name) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`,
    );
    super(
      `the search attributes ${names.join(', ')} cannot be registered in the Temporal namespace ${namespace} ` +
        `(${reason}): ask its operator to run ${commands.join(' && ')}`,
      { cause },
    );
  }
}

/** `INDEXED_VALUE_TYPE_KEYWORD` of temporal.api.enums.v1. */
const KEYWORD = 2;
/** Servers cache a namespace's attributes for some seconds. After a minute something is wrong. */
const VISIBLE_WITHIN_MS = 60_000;
const POLL_MS = 50;

async function registeredTypes({ connection, options: { namespace } }: Client) {
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace });
    return new Map<string, number>(Object.entries(answer.customAttributes));
  } catch (error) {
    if (grpcCode(error) !== NOT_FOUND) throw error;
    throw new TemporalNamespaceError(
      `the Temporal namespace ${namespace} does not exist: set TEMPORAL_NAMESPACE, or create it with: ` +
        `temporal operator namespace create --namespace ${namespace}`,
      { cause: error },
    );
  }
}

/** The server refuses a query over all of them until its caches know them. `Language` is an SQL keyword, so names are quoted. */
async function untilVisible({ connection, options: { namespace } }: Client): Promise<void> {
  const query = SEARCH_ATTRIBUTES.map((name) => `\`${name}\` = 'none'`).join(' AND ');
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(POLL_MS);
    }
  }
}
