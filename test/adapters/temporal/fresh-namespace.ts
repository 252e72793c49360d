import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { connectClient } from '../../../adapters/temporal/connect.ts';
import { testStack } from '../../support/stack.ts';

export interface FreshNamespace {
  readonly client: Client;
  readonly namespace: string;
  /** `TEMPORAL_*` that leads to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** A namespace of one's own on the run's server, without search attributes or schedules. */
export async function freshNamespace(): Promise<FreshNamespace> {
  const namespace = `n${randomBytes(5).toString('hex')}`;
  const env = { ...testStack().env, TEMPORAL_NAMESPACE: namespace };
  const client = await connectClient({ env });
  await client.connection.workflowService.registerNamespace({
    namespace,
    // The generated types take a Long where the wire takes a number.
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await client.connection.operatorService.listSearchAttributes({ namespace });
      break;
    } catch {
      await sleep(100); // the server's cache of namespaces
    }
  }
  return { client, namespace, env, [Symbol.asyncDispose]: () => client.connection.close() };
}
