import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import type { Environment } from '../../config.ts';

/**
 * What the page may load, and from where: its own server, and the store that recordings are uploaded to. Nothing that stands
 * in the page itself runs, so that words of a meeting never do.
 */
export function pagePolicy(env: Environment): string {
  const store = storeOrigin(env);
  return [
    "default-src 'none'",
    "base-uri 'none'",
    `connect-src 'self' ${store}`,
    "font-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self' data: blob:",
    `media-src 'self' blob: ${store}`,
    "script-src 'self'",
    "style-src 'self'",
  ].join(';');
}

/** Where addresses lead that `addressOf` of the object store signs. */
function storeOrigin(env: Environment): string {
  const { endpoint, publicEndpoint = endpoint, forcePathStyle, bucket } = parseS3Settings(env);
  const url = new URL(publicEndpoint);
  // As the SDK makes them.
  return forcePathStyle ? url.origin : `${url.protocol}//${bucket}.${url.host}`;
}
