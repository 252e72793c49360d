import { ROLES } from '../../../workflows/contracts/targets.ts';
import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';
import type { Price, Target } from './target.ts';
import type { TargetEntry } from './target-schema.ts';
import type { Variables } from './interpolate.ts';
import { CONTRACTS, contractFor } from '../protocols/contract-table.ts';
import { idleField } from './idle-field.ts';
import { interpolate, variablesIn } from './interpolate.ts';
import { normaliseBaseUrl, withoutOwnRoute } from './base-url.ts';
import { resolveParameters } from './parameters/resolve-parameters.ts';
import { splitApiTokens } from './split-api-tokens.ts';

export interface Surroundings {
  readonly variables: Variables;
  /** Normalised. */
  readonly routerUrl: string;
  readonly hubUrl: string;
  readonly endpointsUrl: string;
  readonly billTo: string | null;
}

export type ResolvedTarget =
  | { readonly outcome: 'target'; readonly target: Target }
  | { readonly outcome: 'skipped'; readonly variable: string }
  | { readonly outcome: 'wrong'; readonly field: keyof TargetEntry; readonly wrong: string };

/** From what is written to what is called. Never throws, and repeats no value in what it says. */
export function resolveTarget(
  role: Role,
  entry: TargetEntry,
  { variables, routerUrl, billTo }: Surroundings,
): ResolvedTarget {
  const wrong = (field: keyof TargetEntry, sentence: string): ResolvedTarget => ({
    outcome: 'wrong',
    field,
    wrong: sentence,
  });

  if (contractFor(entry.contract, role) === null)
    return wrong('contract', `${entry.contract} cannot ${role}. Use ${contractsOf(role)}`);
  const router = usesRouter(entry.contract);
  if (entry.url === undefined && !router)
    return wrong(
      'url',
      `is missing. The contract ${entry.contract} has no default: name the server`,
    );

  const url = interpolate(entry.url ?? routerUrl, variables);
  const model = interpolate(entry.model, variables);
  const label = interpolate(entry.label ?? '', variables);
  const missing = url.missing ?? model.missing ?? label.missing;
  if (missing !== null) return { outcome: 'skipped', variable: missing };

  const base = normaliseBaseUrl(url.text);
  if ('wrong' in base) return wrong('url', base.wrong);
  const baseUrl = withoutOwnRoute(base.baseUrl, entry.contract);
  if (
    !/^[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/.test(model.text) ||
    /(?:^|\/)\.+(?:\/|$)/.test(model.text)
  )
    return wrong('model', 'is not the name of a model. Write it like owner/name');
  if (entry.contract === 'hf-task' && model.text.includes(':'))
    return wrong(
      'model',
      'has a suffix. Suffixes like :cheapest work with hf-chat only: remove it',
    );

  const atRouter = new URL(baseUrl).origin === new URL(routerUrl).origin;
  // Whoever else speaks the router's contracts is not shown Hugging Face's token, unless the entry names it.
  const tokenReference = entry.token ?? (router && atRouter ? '${HF_TOKEN}' : null);
  const apiTokens = apiTokensOf(tokenReference, variables);
  if (apiTokens === null)
    return wrong(
      'token',
      `${entry.token === undefined ? `(${tokenReference}) ` : ''}holds characters that no token has. Copy it again`,
    );
  const endpointTokens = apiTokensOf(entry.endpoint?.token ?? null, variables);
  if (endpointTokens === null)
    return wrong(
      'endpoint',
      `has a token (${entry.endpoint?.token}) with characters that no token has. Copy it again`,
    );
  if (entry.endpoint !== undefined && router && atRouter)
    return wrong(
      'endpoint',
      'is the server behind a url of its own, and this target calls the router. Set url, or remove endpoint',
    );
  if (entry.stream && role !== 'summarize' && role !== 'generate')
    return wrong('stream', `makes sense for chat only, and not to ${role}. Remove it`);
  if (entry.stream && NEVER_STREAMS.includes(entry.contract))
    return wrong('stream', `is nothing that ${entry.contract} knows. Remove it`);
  if (entry.audioByUrl && !(role === 'transcribe' && TAKES_AUDIO_BY_URL.includes(entry.contract)))
    return wrong(
      'audioByUrl',
      `works for transcribe with ${TAKES_AUDIO_BY_URL.join(', ')} only. Remove it`,
    );
  const idle = idleField(role, entry);
  if (idle !== null)
    return wrong(
      idle.field,
      `is for ${idle.roles.join(' and ')}, and does nothing here. Remove it`,
    );
  const parameters = resolveParameters(role, entry.contract, entry);
  if ('wrong' in parameters) return wrong(parameters.field, parameters.wrong);

  return {
    outcome: 'target',
    target: {
      name: entry.name,
      role,
      contract: entry.contract,
      model: model.text,
      revision: entry.revision ?? null,
      baseUrl,
      apiTokens,
      tokenVariable: tokenReference === null ? null : (variablesIn(tokenReference)[0] ?? null),
      // No other server has to know whom Hugging Face bills.
      billTo: atRouter ? billTo : null,
      concurrency: entry.concurrency,
      requestsPerMinute: entry.requestsPerMinute ?? null,
      audioSeconds: entry.audioSeconds ?? null,
      contextTokens: entry.contextTokens ?? null,
      bodyBytes: entry.bodyBytes ?? null,
      coldStart: entry.coldStart,
      label: entry.label === undefined ? null : label.text,
      parameters: parameters.parameters,
      stream: entry.stream,
      audioByUrl: entry.audioByUrl,
      privateDownloads: entry.privateDownloads,
      tokenizer: entry.tokenizer ?? null,
      price: priceOf(entry),
      endpoint:
        entry.endpoint === undefined
          ? null
          : {
              namespace: entry.endpoint.namespace,
              name: entry.endpoint.name,
              resume: entry.endpoint.resume,
              apiTokens: endpointTokens,
              tokenVariable: variablesIn(entry.endpoint.token)[0] ?? '',
            },
    },
  };
}

/** Contracts that the router speaks: it is their default host, and HF_TOKEN their default token there. */
const usesRouter = (contract: ContractName): boolean => ROUTER_CONTRACTS.includes(contract);

const ROUTER_CONTRACTS: readonly ContractName[] = [
  'hf-chat',
  'hf-task',
  'fal',
  'replicate',
  'together',
  'deepinfra',
  'nscale',
];

/** Each takes an https address in the place of the bytes. */
const TAKES_AUDIO_BY_URL: readonly ContractName[] = ['fal', 'replicate', 'together'];

/** A summary comes whole from a pipeline. */
const NEVER_STREAMS: readonly ContractName[] = ['hf-task', 'toolkit'];

/** Null: a value that cannot be one. */
function apiTokensOf(reference: string | null, variables: Variables): readonly string[] | null {
  if (reference === null) return [];
  const value = interpolate(reference, variables);
  if (value.missing !== null) return [];
  const tokens = splitApiTokens(value.text);
  return tokens.every((token) => /^[\x21-\x7e]+$/.test(token)) ? tokens : null;
}

/** Null where it names no amount: what the router lists is then shown. */
function priceOf({ price }: TargetEntry): Price | null {
  const known: Price = {
    inputPerMillion: price?.inputPerMillion ?? null,
    outputPerMillion: price?.outputPerMillion ?? null,
    perAudioMinute: price?.perAudioMinute ?? null,
    perImage: price?.perImage ?? null,
    perComputeSecond: price?.perComputeSecond ?? null,
  };
  return Object.values(known).every((amount) => amount === null) ? null : known;
}

function contractsOf(role: Role): string {
  return Object.entries(CONTRACTS)
    .filter(([, byRole]) => ROLES.some((known) => known === role && known in byRole))
    .map(([name]) => name)
    .join(' or ');
}
