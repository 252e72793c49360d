import { parseConfiguration } from '../inference/targets/load-configuration.ts';
import { readConfigurationText } from '../inference/targets/read-configuration.ts';
import { ConfigurationError } from '../inference/targets/resolve-target.ts';
import type { Environment } from '../settings/environment.ts';
import { resolveIssuer, type Issuer } from './resolve-issuer.ts';

/** The issuers in the file of `HANSARD_CONFIG`; without one, none. Paths start at `folder`. Throws `ConfigurationError`. */
export async function readIssuers(env: Environment, folder: string): Promise<readonly Issuer[]> {
  const { path, text } = await readConfigurationText(env, folder);
  const { issuers } = parseConfiguration(path, text ?? '');
  const resolved = issuers.map((entry, index) =>
    resolveIssuer(entry, `${path}: issuers[${index}]`, { env, folder }),
  );
  for (const field of ['name', 'issuer'] as const) {
    const values = resolved.map((issuer) => issuer[field]);
    const twice = values.findIndex((value, index) => values.indexOf(value) < index);
    if (twice >= 0) {
      throw new ConfigurationError(
        `${path}: issuers[${twice}].${field} is also that of issuers[${values.indexOf(values[twice] ?? '')}]. Give every issuer its own.`,
      );
    }
  }
  return resolved;
}
