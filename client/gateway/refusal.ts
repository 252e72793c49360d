import type { FastifyRequest } from 'fastify';
import type { GatewayContext } from './gateway-app.ts';
import { PROBLEM_STATUSES, ProblemError, type ProblemFacts } from './problem.ts';

/** Whose key it was, if there is such a key, or who it was; the tenant is null where an issuer's claims give none. */
type Refused = { readonly keyId: string; readonly tenant: string | null } | null;

/** A request that is not let in. */
export class Refusal extends ProblemError {
  readonly by: Refused;
  /** False for the many that follow the first one of a limit. */
  readonly isRecorded: boolean;

  constructor(facts: ProblemFacts, by: Refused, { isRecorded = true } = {}) {
    super(facts);
    this.by = by;
    this.isRecorded = isRecorded;
  }
}

/** Adds the row of a refusal. The client is refused, whether or not it can be written. */
export async function recordRefusal(
  { services }: GatewayContext,
  request: FastifyRequest,
  refusal: Refusal,
): Promise<void> {
  if (!refusal.isRecorded) return;
  const { routeOptions, method, id } = request;
  try {
    const refusals = await services.refusals();
    await refusals.add({
      requestId: id,
      keyId: refusal.by?.keyId ?? null,
      tenant: refusal.by?.tenant ?? null,
      action: routeOptions.config.action ?? null,
      status: PROBLEM_STATUSES[refusal.facts.code],
      method,
      route: routeOptions.url ?? null,
    });
  } catch (error) {
    request.log.error({ error }, 'a refusal could not be recorded');
  }
}
