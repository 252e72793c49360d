import type { Target } from '../../targets/target.ts';

type Base = Pick<Target, 'baseUrl'>;

/**
 * Where the routes of a provider are whose own API the router passes through. The host of the target's base URL decides:
 * - one of the provider's own hosts has the routes at its root, and takes the provider's keys;
 * - any other host is the router or replaces it (`HF_ROUTER_URL`, a proxy): the routes are below the provider's name,
 *   with which the base URL may end already, and the host takes `hf_` tokens.
 *
 * Prefixes and hosts of the contracts are those of huggingface.js, packages/inference/src/providers. `root` is the end
 * that base URLs have in the provider's manual.
 */
export function providerRoutes({
  prefix,
  hosts,
  root = '',
}: {
  readonly prefix: string;
  readonly hosts: readonly string[];
  readonly root?: string;
}) {
  const withoutRoot = ({ baseUrl }: Base): string =>
    root !== '' && baseUrl.endsWith(root) ? baseUrl.slice(0, -root.length) : baseUrl;
  const isOwnHost = ({ baseUrl }: Base): boolean => hosts.includes(new URL(baseUrl).hostname);
  const prefixOf = (target: Base): string =>
    isOwnHost(target) || withoutRoot(target).endsWith(prefix) ? '' : prefix;
  return {
    /** The URL of the provider's own `path`. */
    url: (path: string) => (target: Base) => withoutRoot(target) + prefixOf(target) + path,
    /** What comes between the target's base URL and the provider's own path: nothing, or the provider's name. */
    prefix: prefixOf,
    isOwnHost,
  };
}

/**
 * The path of an address that a provider gives for the work `id`. The host is ignored, and so is a path that does not
 * end with the id. Null: no path that Hansard follows.
 */
export function workPathOf(url: string | null | undefined, id: string): string | null {
  const path = URL.parse(url ?? '')?.pathname ?? '';
  // `URL` resolves `..` but not an escaped slash, which no known path contains.
  const isPlain = /^(?:\/[\w.~-]{1,200}){1,12}$/.test(path) && path.length <= LONGEST_PATH;
  return isPlain && path.endsWith(`/${id}`) ? path : null;
}

/** With the prefix, the path of a ticket has at most 1000 characters. */
const LONGEST_PATH = 900;
