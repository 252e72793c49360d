import type { OpenIssuer } from '../adapters/issuers/open-issuers.ts';
import type { ServiceConnections } from './service-connections.ts';
import { describeError } from './describe-error.ts';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'fault';
  readonly detail: string;
}

/** Whether each issuer of `hansard.yaml` can vouch for anybody; none without issuers. Never throws. */
export async function issuerFindings({
  issuers,
}: Pick<ServiceConnections, 'issuers'>): Promise<readonly Finding[]> {
  try {
    const { all } = await issuers();
    return await Promise.all(all.map((issuer) => findingOf(issuer)));
  } catch (error) {
    return [{ check: 'issuers', state: 'fault', detail: describeError(error) }];
  }
}

async function findingOf(issuer: OpenIssuer): Promise<Finding> {
  const check = `issuer ${issuer.name}`;
  try {
    return { check, state: 'ok', detail: await whatAnswers(issuer) };
  } catch (error) {
    const advice = 'check its addresses in hansard.yaml, and that this machine reaches it';
    const cause =
      error instanceof Error && error.cause !== undefined ? ` (${describeError(error.cause)})` : '';
    return { check, state: 'fault', detail: `${describeError(error)}${cause}: ${advice}` };
  }
}

/** Throws where the discovery does not answer, or there is no key. */
async function whatAnswers({ signIn, provider, keys }: OpenIssuer): Promise<string> {
  const found: string[] = [];
  if (signIn !== null) {
    const { authorization_endpoint: begin, token_endpoint: end } = (
      await provider()
    ).serverMetadata();
    if (begin === undefined || end === undefined)
      throw new Error('its discovery names nowhere to sign in');
    found.push('discovery answers');
  }
  const known = await keys();
  if (known instanceof Uint8Array) return [...found, 'shares a secret'].join(', ');
  await known.reload();
  const count = known.jwks()?.keys.length ?? 0;
  if (count === 0) throw new Error('it has no key to verify a token with');
  return [...found, `${count} ${count === 1 ? 'key' : 'keys'}`].join(', ');
}
