import { z } from 'zod';
import type { Target } from '../../adapters/inference/targets/target.ts';
import type { HuggingFaceUrls } from '../../adapters/inference/targets/hugging-face-urls.ts';

/** What a target is asked to see whether it is there: it costs nothing. */
export interface Question {
  readonly baseUrl: string;
  readonly path: string;
  /** Statuses besides 2xx by which a sound server may answer, and whether that is worth a remark. */
  readonly sound: readonly number[];
  readonly remark: boolean;
  /** Reads what a 200 tells. */
  readonly read: (body: unknown) => { contextTokens: number | null; detail: string | null };
}

/** Of a target behind Hugging Face's router. 404: no chat model, or one that it does not serve; the mapping tells. */
export function routerQuestion({ model }: Target, { routerUrl }: HuggingFaceUrls): Question {
  const bare = model.replace(/:[^/]*$/, '');
  const path = bare.split('/').map(encodeURIComponent).join('/');
  return {
    baseUrl: routerUrl,
    path: `/v1/models/${path}`,
    sound: [404],
    remark: false,
    read: () => NOTHING,
  };
}

/** Of a server of one's own. */
export function serverQuestion({ contract, baseUrl, model }: Target): Question {
  switch (contract) {
    case 'tgi':
      return { baseUrl, path: '/info', sound: [], remark: true, read: readTgi };
    case 'toolkit':
    case 'hfendpoints':
      return { baseUrl, path: '/health', sound: [], remark: true, read: () => NOTHING };
    case 'openai':
    case 'hf-chat':
    case 'hf-task':
    case 'fal':
    case 'replicate':
    case 'together':
    case 'deepinfra':
    case 'nscale': {
      const version = /\/v\d+$/.test(baseUrl) ? '' : '/v1';
      return {
        baseUrl,
        path: `${version}/models`,
        sound: [404, 405], // servers for speech or pictures alone have no such list
        remark: true,
        read: (body) => readList(body, model),
      };
    }
  }
}

const NOTHING = { contextTokens: null, detail: null };

const tokensSchema = z.int().positive().nullish().catch(null);
const tgiSchema = z.object({ max_total_tokens: tokensSchema });
const listSchema = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: tokensSchema })),
});

function readTgi(body: unknown): ReturnType<Question['read']> {
  return { contextTokens: tgiSchema.safeParse(body).data?.max_total_tokens ?? null, detail: null };
}

function readList(body: unknown, model: string): ReturnType<Question['read']> {
  const listed = listSchema.safeParse(body).data?.data;
  if (listed === undefined) return NOTHING;
  const found = listed.find(({ id }) => id === model);
  return found === undefined
    ? { contextTokens: null, detail: 'it does not list the model' }
    : { contextTokens: found.max_model_len ?? null, detail: null };
}
