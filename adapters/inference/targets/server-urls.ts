/**
 * The URL of a server in the form of fingerprints and call keys: no trailing slash, no query, and none of the routes that
 * contracts add themselves. So `https://host`, `https://host/` and `https://host/v1` are one server. An error is a
 * sentence that does not repeat the URL, which may hold a secret.
 */
export function parseBaseUrl(
  text: string,
): { readonly baseUrl: string } | { readonly wrong: string } {
  const url = URL.parse(text);
  if (url === null) return { wrong: 'is not a URL. Write it like https://host:8000' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { wrong: 'must begin with http:// or https://' };
  if (url.username !== '' || url.password !== '')
    return { wrong: 'holds a user name or password. Put the secret into token instead' };
  if (url.search !== '' || url.hash !== '')
    return { wrong: 'has a query or a fragment. Remove everything from ? or # on' };
  if (isLegacyHost(url))
    return {
      wrong: `is an address that Hugging Face has switched off. Use https://router.huggingface.co instead`,
    };
  const path = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/(?:chat\/completions|audio\/transcriptions|images\/generations|embeddings)$/, '')
    .replace(/\/v1$/, '')
    .replace(/\/+$/, '');
  return { baseUrl: url.origin + path };
}

/** Gone since 2025: these answer 404 or 410, or do not resolve. `hf.co` is another name of `huggingface.co`. */
function isLegacyHost(url: URL): boolean {
  const host = url.hostname.replace(/\.+$/, '').replace(/^www\./, '');
  const path = unescaped(url.pathname).replace(/\/+/g, '/').toLowerCase();
  return (
    /^api-inference\.(?:huggingface|hf)\.co$/.test(host) ||
    (/^(?:huggingface|hf)\.co$/.test(host) && /^\/api\/inference-proxy(?:\/|$)/.test(path))
  );
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Hugging Face's own servers, or the ones that replace them (a proxy, a mirror, a test server). Normalised. */
export interface HuggingFaceUrls {
  readonly routerUrl: string;
  readonly hubUrl: string;
  /** The management API of Inference Endpoints, including its version. */
  readonly endpointsUrl: string;
  /** For requests to the hub. Empty where hub and router belong to different owners: a mirror must not see the token that pays the router. */
  readonly hubTokens: readonly string[];
}

/**
 * Whether hub and router belong together, as `huggingface.co` and `router.huggingface.co` do, or one server is both.
 * Only then is a token for one also meant for the other.
 */
export function isOwnRouter({
  hubUrl,
  routerUrl,
}: Pick<HuggingFaceUrls, 'hubUrl' | 'routerUrl'>): boolean {
  const [hub, router] = [new URL(hubUrl), new URL(routerUrl)];
  return (
    hub.protocol === router.protocol &&
    (hub.host === router.host || router.host.endsWith(`.${hub.host}`))
  );
}
