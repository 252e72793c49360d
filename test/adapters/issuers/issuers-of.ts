import { parseConfiguration } from '../../../adapters/inference/targets/load-configuration.ts';
import { resolveIssuer, type Issuer } from '../../../adapters/issuers/resolve-issuer.ts';
import type { Environment } from '../../../adapters/settings/environment.ts';

/** Issuers as a `hansard.yaml` has them. */
export function issuersOf(
  entries: readonly object[],
  env: Environment = {},
  folder = '/nowhere',
): readonly Issuer[] {
  const { issuers } = parseConfiguration('hansard.yaml', JSON.stringify({ issuers: entries }));
  return issuers.map((entry, index) =>
    resolveIssuer(entry, `hansard.yaml: issuers[${index}]`, { env, folder }),
  );
}
