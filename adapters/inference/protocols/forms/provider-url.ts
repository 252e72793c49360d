import type { Target } from '../../targets/target.ts';

/** Providers whose own API the router passes through. */
export type NativeProvider = 'fal' | 'replicate' | 'together' | 'deepinfra' | 'nscale';

interface ProviderRoutes {
  /** On the router: what comes before the provider's own path. */
  readonly prefix: string;
  /** The provider's own hosts, which take the provider's own keys. */
  readonly hosts: readonly string[];
  /** With which a base URL may end already, because the provider's manual writes it so. */
  readonly root: string;
}

/** Paths and hosts as in huggingface.js, packages/inference/src/providers. */
const PROVIDERS: Readonly<Record<NativeProvider, ProviderRoutes>> = {
  fal: { prefix: '/fal-ai', hosts: ['fal.run', 'queue.fal.run'], root: '' },
  replicate: { prefix: '/replicate', hosts: ['api.replicate.com'], root: '' },
  together: { prefix: '/together', hosts: ['api.together.xyz', 'api.together.ai'], root: '' },
  deepinfra: { prefix: '/deepinfra', hosts: ['api.deepinfra.com'], root: '/v1/openai' },
  nscale: { prefix: '/nscale', hosts: ['inference.api.nscale.com'], root: '' },
};

/**
 * Where a provider's route lies. The host of the target's base URL decides:
 * - one of the provider's own hosts has its routes at the root, and wants the provider's key;
 * - every other host is the router, or stands in for it (`HF_ROUTER_URL`, a proxy): routes lie under the provider's
 *   name there, which a base URL may end with already, and it wants an `hf_` token.
 */
export const providerUrl = (provider: NativeProvider, target: Target, path: string): string =>
  withoutRoot(provider, target) + providerPrefix(provider, target) + path;

/** What comes between the target's base URL and the provider's own path: empty, or the provider's name. */
export function providerPrefix(provider: NativeProvider, target: Target): string {
  const { prefix } = PROVIDERS[provider];
  const base = withoutRoot(provider, target);
  return isOwnHost(provider, target) || base.endsWith(prefix) ? '' : prefix;
}

/** How a key is shown to the server: fal's own hosts have a word of their own for it. */
export const authorizationScheme = (target: Target): 'Bearer' | 'Key' =>
  target.contract === 'fal' && isOwnHost('fal', target) ? 'Key' : 'Bearer';

export const isOwnHost = (provider: NativeProvider, target: Target): boolean =>
  PROVIDERS[provider].hosts.includes(new URL(target.baseUrl).hostname);

function withoutRoot(provider: NativeProvider, { baseUrl }: Target): string {
  const { root } = PROVIDERS[provider];
  return root !== '' && baseUrl.endsWith(root) ? baseUrl.slice(0, -root.length) : baseUrl;
}

/** A model's name as part of a path: its slashes stay. */
export const modelPath = (model: string): string =>
  model.split('/').map(encodeURIComponent).join('/');

/**
 * The path of an address where a provider says that the work `id` lies. Its host is not taken, nor a path that does
 * not end with the work's own name. Null: none that we follow.
 */
export function workPathOf(url: string | null | undefined, id: string): string | null {
  const path = URL.parse(url ?? '')?.pathname ?? '';
  // `URL` resolves `..`, but not an escaped slash: that is no part of any path that we know.
  const isPlain = /^(?:\/[\w.~-]{1,200}){1,12}$/.test(path) && path.length <= LONGEST_PATH;
  return isPlain && path.endsWith(`/${id}`) ? path : null;
}

/** With the prefix before it, a ticket's path has 1000 characters at most. */
const LONGEST_PATH = 900;
