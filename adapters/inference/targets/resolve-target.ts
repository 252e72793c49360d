import type { Role } from '../../../workflows/contracts/targets.ts';
import { CONTRACT_NAMES, contractFor, contractOf } from '../protocols/contract-table.ts';
import { parseBaseUrl } from './server-urls.ts';
import { resolveParameters } from './resolve-parameters.ts';
import type { TargetEntry } from './target-schema.ts';
import type { Price, Target } from './target.ts';
import { interpolate, splitApiTokens, variablesIn, type Variables } from './variables.ts';

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

/** Turns an entry of the configuration into a target. Never throws; its messages repeat no value. */
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

  const { roles, traits } = contractOf(entry);
  if (roles[role] === undefined)
    return wrong('contract', `${entry.contract} cannot ${role}. Use ${servingContracts(role)}`);
  const router = traits.router !== null;
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

  const base = parseBaseUrl(url.text);
  if ('wrong' in base) return wrong('url', base.wrong);
  const baseUrl =
    traits.ownRoute === null ? base.baseUrl : base.baseUrl.replace(traits.ownRoute, '');
  if (
    !/^[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/.test(model.text) ||
    /(?:^|\/)\.+(?:\/|$)/.test(model.text)
  )
    return wrong('model', 'is not the name of a model. Write it like owner/name');
  const whyNotModel = traits.whyNotModel(model.text);
  if (whyNotModel !== null) return wrong('model', whyNotModel);

  const atRouter = new URL(baseUrl).origin === new URL(routerUrl).origin;
  // Other servers of the router's contracts do not get Hugging Face's token, unless the entry names it.
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
      'is for a server with its own url, but this target calls the router. Set url, or remove endpoint',
    );
  if (entry.stream && role !== 'summarize' && role !== 'generate')
    return wrong('stream', `is for chat only, and not for ${role}. Remove it`);
  if (entry.stream && !traits.streams)
    return wrong('stream', `does not work with ${entry.contract}. Remove it`);
  if (entry.audioByUrl && !(role === 'transcribe' && traits.audio.byUrl))
    return wrong(
      'audioByUrl',
      `works only for transcribe with ${AUDIO_BY_URL.join(', ')}. Remove it`,
    );
  const useless = uselessField(role, entry);
  if (useless !== null)
    return wrong(
      useless.field,
      `is for ${useless.roles.join(' and ')}, and has no effect here. Remove it`,
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
      // Only the router needs to know whom Hugging Face bills.
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

/** Null: the value cannot be a token. */
function apiTokensOf(reference: string | null, variables: Variables): readonly string[] | null {
  if (reference === null) return [];
  const value = interpolate(reference, variables);
  if (value.missing !== null) return [];
  const tokens = splitApiTokens(value.text);
  return tokens.every((token) => /^[\x21-\x7e]+$/.test(token)) ? tokens : null;
}

/** Null: no amount is configured; then the router's listed price is shown. */
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

const AUDIO_BY_URL: readonly string[] = CONTRACT_NAMES.filter(
  (contract) => contractOf({ contract }).traits.audio.byUrl,
);

const servingContracts = (role: Role): string =>
  CONTRACT_NAMES.filter((contract) => contractFor(contract, role) !== null).join(' or ');

/** A field that has no effect on the role, and the roles it is for; null: none. */
function uselessField(
  role: Role,
  entry: TargetEntry,
): { readonly field: keyof TargetEntry; readonly roles: readonly Role[] } | null {
  for (const { field, roles } of ROLES_OF_FIELDS) {
    const isSet = entry[field] !== undefined && entry[field] !== false;
    if (isSet && !roles.includes(role)) return { field, roles };
  }
  return null;
}

const ROLES_OF_FIELDS: readonly {
  readonly field: keyof TargetEntry;
  readonly roles: readonly Role[];
}[] = [
  { field: 'audioSeconds', roles: ['transcribe'] },
  { field: 'privateDownloads', roles: ['illustrate'] },
  { field: 'tokenizer', roles: ['summarize', 'generate'] },
];
