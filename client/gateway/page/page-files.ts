import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Environment } from '../../config.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { ProblemError } from '../problem.ts';
import { pagePolicy } from './page-policy.ts';

/**
 * The page at `/`, and the files that it consists of: each of them, as they are now, has a route, and nothing else of the folder
 * can be named. It routes behind `#`, so `/` is the only address of a page. Null, or a folder without a page: `/` says how to
 * build it.
 */
export async function addPage(
  app: GatewayApp,
  folder: string | null,
  env: Environment,
): Promise<void> {
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = Object.assign({}, route.config, { action: 'public' });
    });
    if (folder === null || !existsSync(join(folder, INDEX))) {
      page.get('/', { schema: { hide: true } }, () => {
        throw new ProblemError({ code: 'route_not_found', detail: NOT_BUILT });
      });
      return;
    }
    const policy = pagePolicy(env);
    const assets = join(folder, 'assets') + sep;
    await page.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      decorateReply: false,
      // Of the folder that is built, nothing is hidden: a file with a dot in front does not belong there.
      serveDotFiles: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // The names of these have a digest of their content.
        const isForEver = path.startsWith(assets);
        reply.header('cache-control', isForEver ? FOR_EVER : 'no-cache');
        reply.header('content-security-policy', policy);
      },
    });
  });
}

const INDEX = 'index.html';
const FOR_EVER = 'public, max-age=31536000, immutable';
const NOT_BUILT =
  'the page is not built: run npm run build, and start the gateway again; the routes of the API are at /docs';
