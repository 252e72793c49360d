import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { authorSchema } from '../../../workflows/contracts/revision.ts';
import { checkedArgument } from '../../jobs/checked-argument.ts';
import { makeChange, type MadeChange } from '../../jobs/make-change.ts';
import type { RevisionNeeds, WantedChange } from '../../jobs/revise-job.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import type { changeSchema } from './job-schemas.ts';
import { within } from './within.ts';

type Change = z.infer<typeof changeSchema>;

/** How long is waited for a change, in milliseconds. */
export interface Patience {
  /** Until the request is answered. */
  readonly answerMs: number;
  /** Until it is known which calls a new summary takes. */
  readonly callsMs: number;
}

/** Clients and proxies wait for about 30 seconds; a change that is given up takes up to 10 more. */
export const PATIENCE: Patience = { answerMs: 25_000, callsMs: 12_000 };

/** Who a change is by: as they call themselves, else as their issuer does, else the key. Throws `InvalidOptionError`. */
export const authorOf = ({ keyId, issuer, name }: Principal, by: string | undefined): string =>
  checkedArgument(authorSchema, 'by', by ?? (issuer === null ? `key ${keyId}` : name));

/**
 * Makes a change, and answers what became of it: 200, or 202 where it takes long. Such a change goes on, and its version
 * appears among those of the job. Throws the errors of `makeChange`.
 */
export async function answerChange(
  { services }: GatewayContext,
  {
    request,
    reply,
    row,
    wanted,
    patience,
    needs = {},
    more = () => ({}),
  }: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly row: JobRow;
    readonly wanted: WantedChange | null;
    readonly patience: Patience;
    readonly needs?: RevisionNeeds;
    /** What else is known by then. */
    readonly more?: () => Partial<Change>;
  },
): Promise<FastifyReply> {
  const begun = Promise.withResolvers<string>();
  const making = makeChange(row, wanted, services, { ...needs, onStarted: begun.resolve });
  const { id } = row;
  const change = await within(patience.answerMs, making);
  // Without its run, nobody could wait for it.
  const runId = change === null ? await Promise.race([begun.promise, making]) : null;
  if (typeof runId === 'string') {
    making.catch((error: unknown) => {
      // Messages can have what people wrote.
      const name = error instanceof Error ? error.name : 'unknown';
      request.log.warn({ name, job: id }, 'a change failed after its request was answered');
    });
    const later: Change = { id, version: null, outcome: 'going-on', change: runId, ...more() };
    return await reply.code(202).header('location', `/api/jobs/${id}/versions`).send(later);
  }
  return await reply.send({ ...changeOf(id, await making), ...more() } satisfies Change);
}

export function changeOf(id: string, change: MadeChange): Change {
  switch (change.outcome) {
    case 'same':
      return { id, version: null, outcome: 'same' };
    case 'unwanted':
      return { id, version: null, outcome: 'asked' };
    case 'made': {
      const { made, approval, asked } = change;
      const { version, statements, statementsBefore } = made;
      return { id, version, outcome: 'made', statements, statementsBefore, approval, asked };
    }
  }
}
