import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Target } from './target.ts';
import type { Surroundings } from './resolve-target.ts';
import type { HansardConfiguration } from './target-schema.ts';
import { DEFAULT_TARGETS } from './default-targets.ts';
import { hansardConfigurationSchema } from './target-schema.ts';
import { isOwnRouter, parseBaseUrl, type HuggingFaceUrls } from './server-urls.ts';
import { resolveTarget } from './resolve-target.ts';
import { splitApiTokens, type Variables } from './variables.ts';

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

/** How long items wait for targets, in milliseconds. */
export interface Patience {
  readonly nextTargetMs: number;
  readonly lastTargetMs: number;
  readonly probeMs: number;
}

/** The message names the file, the field, what is wrong and what to do, and repeats no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * The targets of every role. Pure: `text` is the content of the file (null: defaults only), `path` its name for messages,
 * `env` the variables. Throws `ConfigurationError`.
 */
export function loadInferenceConfiguration({
  path,
  text,
  env,
}: {
  readonly path: string;
  readonly text: string | null;
  readonly env: Variables;
}): InferenceConfiguration {
  const file = text === null ? hansardConfigurationSchema.parse({}) : readFile(path, text);
  const written = file.roles;
  const surroundings = surroundingsOf(env);
  const roles: Record<Role, Target[]> = {
    transcribe: [],
    summarize: [],
    illustrate: [],
    moderate: [],
    classify: [],
    generate: [],
    embed: [],
  };
  const skipped: InferenceConfiguration['skipped'][number][] = [];
  const names = new Map<string, string>();

  for (const role of ROLES) {
    const source = written[role] === undefined ? 'the default targets' : path;
    for (const [index, entry] of (written[role] ?? DEFAULT_TARGETS[role]).entries()) {
      const place = `${source}: roles.${role}[${index}]`;
      const namesake = names.get(entry.name);
      if (namesake !== undefined)
        throw new ConfigurationError(
          `${place}.name: ${entry.name} is already used by ${namesake}. Give every target its own name.`,
        );
      names.set(entry.name, place);

      const resolved = resolveTarget(role, entry, surroundings);
      if (resolved.outcome === 'wrong') {
        const field = entry[resolved.field];
        const from = typeof field === 'string' && field.includes('${') ? ` (${field})` : '';
        throw new ConfigurationError(`${place}.${resolved.field}${from} ${resolved.wrong}.`);
      }
      if (resolved.outcome === 'skipped')
        skipped.push({ role, name: entry.name, variable: resolved.variable });
      else roles[role].push(resolved.target);
    }
  }
  return {
    roles,
    skipped,
    patience: {
      nextTargetMs: file.patience.nextTargetSeconds * 1000,
      lastTargetMs: file.patience.lastTargetSeconds * 1000,
      probeMs: file.patience.probeSeconds * 1000,
    },
    services: {
      routerUrl: surroundings.routerUrl,
      hubUrl: surroundings.hubUrl,
      endpointsUrl: surroundings.endpointsUrl,
      hubTokens: isOwnRouter(surroundings)
        ? splitApiTokens(surroundings.variables['HF_TOKEN'])
        : [],
    },
  };
}

function surroundingsOf(env: Variables): Surroundings {
  const billTo = env['HF_BILL_TO']?.trim() ?? '';
  if (!/^[\w.-]*$/.test(billTo))
    throw new ConfigurationError(
      'HF_BILL_TO must be the name of an organisation or the id of a resource group.',
    );
  const tokens = new Set([...splitApiTokens(env['HF_TOKEN']), ...splitApiTokens(env['HF_TOKENS'])]);
  return {
    variables: { ...env, HF_TOKEN: tokens.size === 0 ? undefined : [...tokens].join(',') },
    routerUrl: hostOf(env, 'HF_ROUTER_URL', 'https://router.huggingface.co'),
    hubUrl: hostOf(env, 'HF_HUB_URL', 'https://huggingface.co'),
    endpointsUrl: hostOf(env, 'HF_ENDPOINTS_URL', 'https://api.endpoints.huggingface.cloud/v2'),
    billTo: billTo === '' ? null : billTo,
  };
}

function hostOf(env: Variables, variable: string, standard: string): string {
  const text = env[variable]?.trim();
  const host = parseBaseUrl(text === undefined || text === '' ? standard : text);
  if ('wrong' in host) throw new ConfigurationError(`${variable} ${host.wrong}.`);
  return host.baseUrl;
}

function readFile(path: string, text: string): HansardConfiguration {
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
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => describeIssue(path, issue)).join('\n'),
  );
}

function plain(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    throw new ConfigurationError(`${path}: its aliases cannot be resolved. Write the values out.`);
  }
}

function describeIssue(path: string, issue: z.core.$ZodIssue): string {
  const field = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return `${path}: ${field === '' ? 'the file' : field}: ${whatIsWrong(issue)}.`;
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
