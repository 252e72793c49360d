import { readFileSync } from 'node:fs';
import { ROLES, type Role } from '../../../workflows/contracts/targets.ts';
import { describeIssue } from '../../settings/describe-issue.ts';
import type { Environment } from '../../settings/environment.ts';
import { readYaml, YamlTextError } from '../../settings/yaml-text.ts';
import { ConfigurationError, resolveTarget, type Surroundings } from './resolve-target.ts';
import { isOwnRouter, parseBaseUrl, type HuggingFaceUrls } from './server-urls.ts';
import {
  hansardConfigurationSchema,
  type HansardConfiguration,
  type Patience,
} from './target-schema.ts';
import type { Target } from './target.ts';
import { apiTokensIn } from './variables.ts';

export interface InferenceConfiguration {
  readonly roles: Readonly<Record<Role, readonly Target[]>>;
  /** Targets whose variable is not set. Not a degradation; `doctor` lists them. */
  readonly skipped: readonly {
    readonly role: Role;
    readonly name: string;
    readonly variable: string;
  }[];
  readonly patience: Patience;
  readonly services: HuggingFaceUrls;
}

/**
 * The targets of every role. `text` is the content of the file (null: defaults only), `path` its name for messages,
 * `env` the variables. Pure, but for reading the default targets. Throws `ConfigurationError`.
 */
export function loadInferenceConfiguration({
  path,
  text,
  env,
}: {
  readonly path: string;
  readonly text: string | null;
  readonly env: Environment;
}): InferenceConfiguration {
  const { roles: written, patience } = parseConfiguration(path, text ?? '');
  const defaults = defaultRoles();
  const surroundings = surroundingsOf(env);
  const roles: Record<Role, Target[]> = {
    transcribe: [],
    diarize: [],
    summarize: [],
    illustrate: [],
    moderate: [],
    classify: [],
    generate: [],
    embed: [],
  };
  const skipped: InferenceConfiguration['skipped'][number][] = [];
  const places = new Map<string, string>();

  for (const role of ROLES) {
    const source = written[role] === undefined ? 'the default targets' : path;
    for (const [index, entry] of (written[role] ?? defaults[role] ?? []).entries()) {
      const { name } = entry;
      const place = `${source}: roles.${role}[${index}]`;
      const namesake = places.get(name);
      if (namesake !== undefined)
        throw new ConfigurationError(
          `${place}.name: ${name} is already used by ${namesake}. Give every target its own name.`,
        );
      places.set(name, place);
      const resolved = resolveTarget(role, entry, place, surroundings);
      if ('missing' in resolved) skipped.push({ role, name, variable: resolved.missing });
      else roles[role].push(resolved);
    }
  }
  return { roles, skipped, patience, services: surroundings.services };
}

function defaultRoles(): HansardConfiguration['roles'] {
  const text = readFileSync(new URL('default-targets.yaml', import.meta.url), 'utf8');
  return parseConfiguration('the default targets', text).roles;
}

function surroundingsOf(env: Environment): Surroundings & { readonly services: HuggingFaceUrls } {
  const billTo = env['HF_BILL_TO']?.trim() ?? '';
  if (!/^[\w.-]*$/.test(billTo))
    throw new ConfigurationError(
      'HF_BILL_TO must be the name of an organisation or the id of a resource group.',
    );
  const tokens = [...apiTokensIn('HF_TOKEN', env), ...apiTokensIn('HF_TOKENS', env)];
  const variables = { ...env, HF_TOKEN: tokens.join(',') };
  const urls = {
    routerUrl: hostOf(env, 'HF_ROUTER_URL', 'https://router.huggingface.co'),
    hubUrl: hostOf(env, 'HF_HUB_URL', 'https://huggingface.co'),
    endpointsUrl: hostOf(env, 'HF_ENDPOINTS_URL', 'https://api.endpoints.huggingface.cloud/v2'),
  };
  const hubTokens = isOwnRouter(urls) ? apiTokensIn('HF_TOKEN', variables) : [];
  return {
    variables,
    services: { ...urls, hubTokens },
    billTo: billTo === '' ? null : billTo,
  };
}

function hostOf(env: Environment, variable: string, standard: string): string {
  const text = env[variable]?.trim() ?? '';
  const host = parseBaseUrl(text === '' ? standard : text);
  if ('wrong' in host) throw new ConfigurationError(`${variable} ${host.wrong}.`);
  return host.baseUrl;
}

/** Everything that a `hansard.yaml` says, as it is written. Throws `ConfigurationError`. */
export function parseConfiguration(path: string, text: string): HansardConfiguration {
  const parsed = hansardConfigurationSchema.safeParse(valueOf(path, text) ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${path}: ${describeIssue(issue)}.`);
  throw new ConfigurationError(issues.join('\n'));
}

function valueOf(path: string, text: string): unknown {
  try {
    return readYaml(text).value;
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error;
    throw new ConfigurationError(`${path}: ${error.message}`);
  }
}
