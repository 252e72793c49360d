import type { Services } from '../targets/load-configuration.ts';

/**
 * Whether the router is the hub's own, as `router.huggingface.co` is that of `huggingface.co`, or one server is both: only
 * then is a token of the one meant for the other.
 */
export function isOwnRouter({
  hubUrl,
  routerUrl,
}: Pick<Services, 'hubUrl' | 'routerUrl'>): boolean {
  const [hub, router] = [new URL(hubUrl), new URL(routerUrl)];
  return (
    hub.protocol === router.protocol &&
    (hub.host === router.host || router.host.endsWith(`.${hub.host}`))
  );
}
