import type { Connection } from '@temporalio/client';
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

/** The services of a connection that are needed here; the client's and the worker's connections both have them. */
export type SearchAttributeConnection = Pick<Connection, 'operatorService' | 'workflowService'>;

export const TENANT_KEY = defineSearchAttributeKey('Tenant', SearchAttributeType.KEYWORD);
export const STAGE_KEY = defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD);

/** Hansard's search attributes that the namespace lacks, or has with another type. */
export async function missingSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<readonly SearchAttribute[]> {
  const types = await registeredTypes(connection, namespace);
  return SEARCH_ATTRIBUTES.filter((name) => types.get(name) !== KEYWORD);
}

/** Throws `SearchAttributesMissingError`, which names the missing ones and the remedy. */
export async function requireSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length > 0) throw new SearchAttributesMissingError(namespace, missing);
}

/**
 * Registers the missing attributes, waits until the whole server knows them, and returns their names. Throws
 * `SearchAttributeRefusedError` when one has another type, or the server only lets its operator add them.
 */
export async function registerSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<readonly SearchAttribute[]> {
  const types = await registeredTypes(connection, namespace);
  const taken = SEARCH_ATTRIBUTES.filter((name) => types.has(name) && types.get(name) !== KEYWORD);
  if (taken.length > 0)
    throw new SearchAttributeRefusedError(namespace, taken, 'they have another type');
  const missing = SEARCH_ATTRIBUTES.filter((name) => !types.has(name));
  if (missing.length > 0) await add(connection, namespace, missing);
  await untilVisible(connection, namespace);
  return missing;
}

export class SearchAttributesMissingError extends Error {
  override readonly name = 'SearchAttributesMissingError';

  constructor(namespace: string, missing: readonly string[]) {
    super(
      `the Temporal namespace ${namespace} lacks the search attributes ${missing.join(', ')}: ` +
        'run npm run -s hansard -- migrate',
    );
  }
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

async function registeredTypes(connection: SearchAttributeConnection, namespace: string) {
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace });
    return new Map<string, number>(Object.entries(answer.customAttributes));
  } catch (error) {
    if (grpcCode(error) === NOT_FOUND) throw new TemporalNamespaceError(namespace, error);
    throw error;
  }
}

async function add(
  connection: SearchAttributeConnection,
  namespace: string,
  names: readonly SearchAttribute[],
): Promise<void> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    const code = grpcCode(error);
    if (code === ALREADY_EXISTS) return; // another process registered them at the same time
    if (code === PERMISSION_DENIED || code === UNIMPLEMENTED) {
      throw new SearchAttributeRefusedError(namespace, names, 'the server refuses it', error);
    }
    throw error;
  }
}

/** The server refuses a query over all of them until its caches know them. `Language` is an SQL keyword, so names are quoted. */
async function untilVisible(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<void> {
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
