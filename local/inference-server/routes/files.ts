import type { FileStore } from '../file-store.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';

/** Results by address, as on a provider's content network: nobody asks for a token there. */
export const showFile = (files: FileStore): Route => ({
  kind: 'plain',
  method: 'GET',
  pattern: /^\/files\/[0-9a-f]{64}\.(png|jpeg)$/,
  handle: ({ url, path: [format = ''] }) => {
    const body = files.get(url.pathname);
    if (body === null) throw taskRefusal(404, 'Not Found');
    return { status: 200, headers: { 'content-type': `image/${format}` }, body };
  },
});
