import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ROLES } from '../../workflows/contracts/targets.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Target } from './contract.ts';
import type { Surroundings } from './resolve-target.ts';
import type { HansardConfiguration } from './target-schema.ts';
import type { Variables } from './interpolate.ts';
import { DEFAULT_TARGETS } from './default-targets.ts';
import { hansardConfigurationSchema } from './target-schema.ts';
import { normaliseBaseUrl } from './base-url.ts';
import { resolveTarget } from './resolve-target.ts';

export interface InferenceConfiguration {
  readonly roles: Readonly<Record<Role, readonly Target[]>>;
  /** Targets without their variable. Not a degradation; `doctor` says so. */
  readonly skipped: readonly {
    readonly role: Role;
    readonly name: string;
    readonly variable: string;
  }[];
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
  const written = text === null ? {} : readRoles(path, text);
  const surroundings = surroundingsOf(env);
  const roles: Record<Role, Target[]> = {
    transcribe: [],
    summarize: [],
    illustrate: [],
    moderate: [],
    classify: [],
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
  return { roles, skipped };
}

function surroundingsOf(env: Variables): Surroundings {
  const said = env['HF_ROUTER_URL']?.trim();
  const router = normaliseBaseUrl(said === undefined || said === '' ? HF_ROUTER_URL : said);
  if ('wrong' in router) throw new ConfigurationError(`HF_ROUTER_URL ${router.wrong}.`);
  const billTo = env['HF_BILL_TO']?.trim() ?? '';
  if (!/^[\w.-]*$/.test(billTo))
    throw new ConfigurationError(
      'HF_BILL_TO must be the name of an organisation or the id of a resource group.',
    );
  const token = [env['HF_TOKEN'], ...(env['HF_TOKENS'] ?? '').split(',')]
    .map((candidate) => candidate?.trim() ?? '')
    .find((candidate) => candidate !== '');
  return {
    variables: { ...env, HF_TOKEN: token },
    routerUrl: router.baseUrl,
    billTo: billTo === '' ? null : billTo,
  };
}

const HF_ROUTER_URL = 'https://router.huggingface.co';

function readRoles(path: string, text: string): HansardConfiguration['roles'] {
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
  if (parsed.success) return parsed.data.roles;
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
  return `${path}: ${field === '' ? 'the file' : field}: ${issue.message}.`;
}
