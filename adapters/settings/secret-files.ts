import { readFileSync } from 'node:fs';
import { optional, SettingError, type Environment } from './environment.ts';

/** Variables that hold a secret, or a URL with one; those that `hansard.yaml` names end in `_TOKEN`, `_KEY` or `_SECRET`. */
const SECRETS =
  /^(?:DATABASE_URL|REDIS_URL|AWS_ACCESS_KEY_ID|AWS_SESSION_TOKEN|[A-Z0-9_]+_(?:TOKENS?|KEY|SECRET))$/;

/** Names that end alike, and are no variables of ours by file: the AWS SDK and the command line read these files themselves. */
const FOREIGN = new Set(['AWS_WEB_IDENTITY_TOKEN_FILE', 'HANSARD_SIGNING_KEY_FILE']);

/**
 * The variables, with `NAME` set to the contents of the file that `NAME_FILE` names, for each variable that holds a secret.
 * So secrets need not be in the environment, which `docker inspect` shows. Line breaks at the end of a file do not count; an
 * empty file counts as not set. Throws a `SettingError` where both are set, or the file cannot be read.
 */
export function withSecretFiles(env: Environment): Environment {
  const read: Record<string, string> = {};
  for (const variable of Object.keys(env)) {
    const name = variable.replace(/_FILE$/, '');
    if (name === variable || FOREIGN.has(variable) || !SECRETS.test(name)) continue;
    const path = optional(env, variable);
    if (path === undefined) continue;
    if (optional(env, name) !== undefined) {
      throw new SettingError('invalid', `${name} and ${variable} are both set. Unset one.`);
    }
    read[name] = contentsOf(variable, path);
  }
  return { ...env, ...read };
}

function contentsOf(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new SettingError(
      'invalid',
      `${variable} names ${path}, which cannot be read${reason}. Correct the path, or let this user read the file.`,
    );
  }
}
