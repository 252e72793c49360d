import type { ContractName } from '../../../workflows/contracts/targets.ts';

/**
 * The base URL in the form that fingerprints and call keys use: no trailing slash, no query, and without the routes
 * that contracts add themselves, so that `https://host`, `https://host/` and `https://host/v1` are one server.
 * What is wrong comes back as a sentence that does not repeat the URL, which may hold a secret.
 */
export function normaliseBaseUrl(
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

/** The same without the route of its own that a contract adds, where somebody wrote that into it, too. */
export const withoutOwnRoute = (baseUrl: string, contract: ContractName): string =>
  baseUrl.replace(OWN_ROUTES[contract] ?? '', '');

const OWN_ROUTES: { readonly [Name in ContractName]?: RegExp } = {
  // As the pages of models show it.
  'hf-task': /\/hf-inference(?:\/models\/.*)?$/,
  tgi: /\/generate(?:_stream)?$/,
  // What is left of `/api/v1/audio/transcriptions`.
  hfendpoints: /\/api$/,
};

/** Gone since 2025: they answer 404 or 410, or do not resolve. `hf.co` is another name of `huggingface.co`. */
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
