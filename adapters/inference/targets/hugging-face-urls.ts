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
