import { ROLES } from '../../workflows/contracts/targets.ts';
import type { ContractName, Role } from '../../workflows/contracts/targets.ts';
import type { Target } from './contract.ts';
import type { TargetEntry } from './target-schema.ts';
import type { Variables } from './interpolate.ts';
import { CONTRACTS, contractFor } from './contract-table.ts';
import { interpolate, variablesIn } from './interpolate.ts';
import { normaliseBaseUrl } from './base-url.ts';

export interface Surroundings {
  readonly variables: Variables;
  /** Normalised. */
  readonly routerUrl: string;
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
  const hub = usesHub(entry.contract);
  if (entry.url === undefined && !hub)
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

  const tokenReference = entry.token ?? (hub ? '${HF_TOKEN}' : null);
  const token = tokenReference === null ? null : interpolate(tokenReference, variables);
  if (token !== null && !/^[\x21-\x7e]*$/.test(token.text))
    return wrong('token', 'holds characters that no token has. Copy it again');

  return {
    outcome: 'target',
    target: {
      name: entry.name,
      role,
      contract: entry.contract,
      model: model.text,
      revision: entry.revision ?? null,
      baseUrl: base.baseUrl,
      token: token === null || token.missing !== null ? null : token.text,
      tokenVariable: tokenReference === null ? null : (variablesIn(tokenReference)[0] ?? null),
      // No other server has to know whom Hugging Face bills.
      billTo: new URL(base.baseUrl).host === new URL(routerUrl).host ? billTo : null,
      concurrency: entry.concurrency,
      requestsPerMinute: entry.requestsPerMinute ?? null,
      audioSeconds: entry.audioSeconds ?? null,
      contextTokens: entry.contextTokens ?? null,
      bodyBytes: entry.bodyBytes ?? null,
      coldStart: entry.coldStart,
      label: entry.label === undefined ? null : label.text,
    },
  };
}

/** Contracts of Hugging Face's own service: the router is their default host, HF_TOKEN their default token. */
const usesHub = (contract: ContractName): boolean => contract.startsWith('hf-');

function contractsOf(role: Role): string {
  return Object.entries(CONTRACTS)
    .filter(([, byRole]) => ROLES.some((known) => known === role && known in byRole))
    .map(([name]) => name)
    .join(' or ');
}
