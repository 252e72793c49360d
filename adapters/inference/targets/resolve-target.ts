import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Environment } from '../../settings/environment.ts';
import { CONTRACT_NAMES, contractFor, contractOf } from '../protocols/contract-table.ts';
import { resolveParameters } from './resolve-parameters.ts';
import { parseBaseUrl, type HuggingFaceUrls } from './server-urls.ts';
import type { TargetEntry } from './target-schema.ts';
import type { HeaderValue, Target } from './target.ts';
import { apiTokensIn, interpolate } from './variables.ts';

/** The message names the file, the field, what is wrong and what to do, and repeats no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export interface Surroundings {
  readonly variables: Environment;
  readonly services: Pick<HuggingFaceUrls, 'routerUrl'>;
  readonly billTo: string | null;
}

/**
 * Turns an entry of the configuration, which stands at `place`, into a target; or names the variable that is not set.
 * Throws `ConfigurationError`.
 */
export function resolveTarget(
  role: Role,
  entry: TargetEntry,
  place: string,
  { variables, services: { routerUrl }, billTo }: Surroundings,
): Target | { readonly missing: string } {
  const { url, token, headers = {}, preset, parameters, endpoint, ...rest } = entry;
  const wrong = (field: keyof TargetEntry, sentence: string): ConfigurationError => {
    const written = entry[field];
    const from = typeof written === 'string' && written.includes('${') ? ` (${written})` : '';
    return new ConfigurationError(`${place}.${field}${from} ${sentence}.`);
  };

  const { roles, traits } = contractOf(entry);
  if (roles[role] === undefined)
    throw wrong('contract', `${entry.contract} cannot ${role}. Use ${servingContracts(role)}`);
  const router = traits.router !== null;
  if (url === undefined && !router)
    throw wrong(
      'url',
      `is missing. The contract ${entry.contract} has no default: name the server`,
    );

  const server = interpolate(url ?? routerUrl, variables);
  const model = interpolate(entry.model, variables);
  const label = interpolate(entry.label ?? '', variables);
  const missing = server.missing ?? model.missing ?? label.missing;
  if (missing !== null) return { missing };

  const base = parseBaseUrl(server.text);
  if ('wrong' in base) throw wrong('url', base.wrong);
  const baseUrl =
    traits.ownRoute === null ? base.baseUrl : base.baseUrl.replace(traits.ownRoute, '');
  if (
    !/^[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/.test(model.text) ||
    /(?:^|\/)\.+(?:\/|$)/.test(model.text)
  )
    throw wrong('model', 'is not the name of a model. Write it like owner/name');
  const whyNotModel = traits.whyNotModel(model.text);
  if (whyNotModel !== null) throw wrong('model', whyNotModel);

  const atRouter = new URL(baseUrl).origin === new URL(routerUrl).origin;
  // Other servers of the router's contracts do not get Hugging Face's token, unless the entry names it.
  const tokenVariable = token ?? (router && atRouter ? 'HF_TOKEN' : null);
  const apiTokens = tokenVariable === null ? [] : apiTokensIn(tokenVariable, variables);
  if (!apiTokens.every(isSendable))
    throw wrong(
      'token',
      `(\${${tokenVariable}}) holds characters that no token has. Copy it again`,
    );
  const sent = headersIn(headers, variables);
  if ('missing' in sent) return sent;
  if ('wrong' in sent) throw wrong('headers', sent.wrong);
  const managed = endpoint && {
    namespace: endpoint.namespace,
    name: endpoint.name,
    resume: endpoint.resume,
    apiTokens: apiTokensIn(endpoint.token, variables),
    tokenVariable: endpoint.token,
  };
  if (managed?.apiTokens.every(isSendable) === false)
    throw wrong(
      'endpoint',
      `has a token (\${${managed.tokenVariable}}) with characters that no token has. Copy it again`,
    );
  if (managed !== undefined && router && atRouter)
    throw wrong(
      'endpoint',
      'is for a server with its own url, but this target calls the router. Set url, or remove endpoint',
    );
  if (entry.stream && role !== 'summarize' && role !== 'generate')
    throw wrong('stream', `is for chat only, and not for ${role}. Remove it`);
  if (entry.stream && !traits.streams)
    throw wrong('stream', `does not work with ${entry.contract}. Remove it`);
  const hears = role === 'transcribe' || role === 'diarize';
  if (entry.audioByUrl && !(hears && traits.audio.byUrl))
    throw wrong(
      'audioByUrl',
      `works only for transcribe and diarize with ${AUDIO_BY_URL.join(', ')}. Remove it`,
    );
  for (const [field, serves] of ROLES_OF_FIELDS)
    if (entry[field] !== null && entry[field] !== false && !serves.includes(role))
      throw wrong(field, `is for ${serves.join(' and ')}, and has no effect here. Remove it`);
  const resolved = resolveParameters(role, entry.contract, { preset, parameters });
  if ('wrong' in resolved) throw wrong(resolved.field, resolved.wrong);

  return {
    ...rest,
    role,
    model: model.text,
    label: entry.label === null ? null : label.text,
    baseUrl,
    apiTokens,
    tokenVariable,
    // Only the router needs to know whom Hugging Face bills.
    billTo: atRouter ? billTo : null,
    headers: sent.headers,
    parameters: resolved.parameters,
    endpoint: managed ?? null,
  };
}

function headersIn(
  written: Readonly<Record<string, string>>,
  variables: Environment,
):
  | { readonly headers: Readonly<Record<string, HeaderValue>> }
  | { readonly missing: string }
  | { readonly wrong: string } {
  const headers: Record<string, HeaderValue> = {};
  for (const [name, template] of Object.entries(written)) {
    if (SECRET_HEADER.test(name) && !template.includes('${'))
      return { wrong: `hold ${name}, which is a secret. Name a variable that holds it` };
    const { text, missing } = interpolate(template, variables);
    if (missing !== null) return { missing };
    if (!/^[\x20-\x7e]+$/.test(text))
      return { wrong: `hold ${name}, whose value has characters that no header can carry` };
    headers[name] = { written: template, value: text };
  }
  return { headers };
}

/** By its name: `x-portkey-api-key`, `cf-aig-authorization`. */
const SECRET_HEADER =
  /authorization|(?:^|-)(?:auth|bearer|credentials?|password|secret|token)(?:$|-)|(?:^|-)(?:api)?key$/;

/** What a token can be. */
const isSendable = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);

const AUDIO_BY_URL: readonly string[] = CONTRACT_NAMES.filter(
  (contract) => contractOf({ contract }).traits.audio.byUrl,
);

const servingContracts = (role: Role): string =>
  CONTRACT_NAMES.filter((contract) => contractFor(contract, role) !== null).join(' or ');

/** Fields that have no effect on other roles. */
const ROLES_OF_FIELDS: readonly (readonly [keyof TargetEntry, readonly Role[]])[] = [
  ['audioSeconds', ['transcribe', 'diarize']],
  ['privateDownloads', ['illustrate', 'transcribe']],
  ['tokenizer', ['summarize', 'generate']],
];
