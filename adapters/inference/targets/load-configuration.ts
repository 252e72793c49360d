import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ROLES, type Role } from '../../../workflows/contracts/targets.ts';
import type { Environment } from '../../settings/environment.ts';
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
  const { roles: written, patience } = parseFile(path, text ?? '');
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
  return parseFile('the default targets', text).roles;
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

function parseFile(path: string, text: string) {
  const lines = new LineCounter();
  // The parser's own messages quote the file, which may hold secrets by mistake.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const what = error.code.toLowerCase().replaceAll('_', ' ');
    throw new ConfigurationError(
      `${path}: line ${line}, column ${col} is not YAML (${what}). Correct that line.`,
    );
  }
  const parsed = hansardConfigurationSchema.safeParse(plain(path, document) ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${path}: ${describeIssue(issue)}.`);
  throw new ConfigurationError(issues.join('\n'));
}

function plain(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    throw new ConfigurationError(`${path}: its aliases cannot be resolved. Write the values out.`);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const parts = issue.path.map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  );
  return `${parts.join('').slice(1) || 'the file'}: ${whatIsWrong(issue)}`;
}

/** What a field must be, to follow its name. Repeats no value. */
function whatIsWrong(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = KINDS[issue.expected] ?? issue.expected;
      if (issue.message.endsWith('received undefined')) return `is missing. It must be ${kind}`;
      // A key whose entries are all commented out.
      if (issue.message.endsWith('received null'))
        return `has no value. Give it ${kind}, or remove it`;
      return `must be ${kind}`;
    }
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.inclusive === true ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have ${issue.maximum} characters at most`;
      if (issue.origin === 'array') return `must have ${issue.maximum} entries at most`;
      return `must be ${issue.maximum} at most`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_union':
      return 'must be a number, a text, true, false, or a list of texts';
    // These messages are our own: patterns and unknown keys.
    case 'invalid_format':
    case 'unrecognized_keys':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
};
