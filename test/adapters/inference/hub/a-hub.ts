import { Agent } from 'undici';
import type { HuggingFaceUrls } from '../../../../adapters/inference/targets/server-urls.ts';
import { createExchange, type Exchange } from '../../../../adapters/inference/wire/exchange.ts';
import { withServer } from '../with-server.ts';

export interface Hub {
  readonly services: HuggingFaceUrls;
  readonly exchange: Exchange;
  /** Paths asked, with `authorization` where there was one. */
  readonly asked: string[];
  readonly answers: Record<string, unknown>;
  /** Of every answer from now on; 200 where `answers` has one, else 404. */
  status: number | null;
}

/** Hub and router on the loopback interface: answers by path, without its query. */
export async function withHub<T>(
  answers: Record<string, unknown>,
  use: (hub: Hub) => Promise<T>,
): Promise<T> {
  const agent = new Agent();
  const asked: string[] = [];
  let hub: Hub | undefined;
  try {
    return await withServer(
      (request, response) => {
        asked.push([request.url, request.headers.authorization].filter(Boolean).join(' '));
        const body = answers[(request.url ?? '').split('?')[0] ?? ''];
        response.writeHead(hub?.status ?? (body === undefined ? 404 : 200));
        response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
      },
      async (baseUrl) => {
        hub = {
          services: {
            routerUrl: baseUrl,
            hubUrl: baseUrl,
            endpointsUrl: `${baseUrl}/v2`,
            hubTokens: ['hf_hub'],
          },
          exchange: createExchange({ agent, userAgent: 'hansard/test' }),
          asked,
          answers,
          status: null,
        };
        return await use(hub);
      },
    );
  } finally {
    await agent.destroy();
  }
}
