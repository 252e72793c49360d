import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Target } from './target.ts';
import type { Surroundings } from './resolve-target.ts';
import type { HansardConfiguration } from './target-schema.ts';
import type { Variables } from './interpolate.ts';
import { DEFAULT_TARGETS } from './default-targets.ts';
import { hansardConfigurationSchema } from './target-schema.ts';
import { isOwnRouter, type HuggingFaceUrls } from './hugging-face-urls.ts';
import { normaliseBaseUrl } from './base-url.ts';
import { resolveTarget } from './resolve-target.ts';
import { splitApiTokens } from './split-api-tokens.ts';
import { whatIsWrong } from './what-is-wrong.ts';

export interface InferenceConfiguration {
  readonly roles: Readonly<Record<Role, readonly Target[]>>;
  /** Targets without their variable. Not a degradation; `doctor` says so. */
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

/** The message names the file, the field, what is wrong and what to do. It repeats no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * The targets of every role. Pure: `text` is the file's contents (null: defaults only), `path` its name for
 * messages, `env` the variables. Throws `ConfigurationError`.
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
          `${place}.name: ${entry.name} is taken by ${namesake}. Give every target its own name.`,
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
  const said = env[variable]?.trim();
  const host = normaliseBaseUrl(said === undefined || said === '' ? standard : said);
  if ('wrong' in host) throw new ConfigurationError(`${variable} ${host.wrong}.`);
  return host.baseUrl;
}

function readFile(path: string, text: string): HansardConfiguration {
  const lines = new LineCounter();
  // The parser's own messages quote the file, which may hold what it should not.
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
    parsed.error.issues.map((issue) => sentence(path, issue)).join('\n'),
  );
}

function plain(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    throw new ConfigurationError(`${path}: its aliases cannot be resolved. Write the values out.`);
  }
}

function sentence(path: string, issue: z.core.$ZodIssue): string {
  const field = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return `${path}: ${field === '' ? 'the file' : field}: ${whatIsWrong(issue)}.`;
}
