import { z } from 'zod';
import type { Target } from '../../targets/target.ts';

/** A free request that shows whether a target is up. */
export interface ProbeQuestion {
  readonly baseUrl: string;
  readonly path: string;
  /** Statuses besides 2xx with which a healthy server may answer. */
  readonly sound: readonly number[];
  /** Whether such a status is worth showing. */
  readonly remark: boolean;
  /** Reads the body of a 200. */
  readonly read: (body: unknown) => { contextTokens: number | null; detail: string | null };
}

/** The list of models of an OpenAI-compatible server. */
export function modelListQuestion({ baseUrl, model }: Target): ProbeQuestion {
  const version = /\/v\d+$/.test(baseUrl) ? '' : '/v1';
  return {
    baseUrl,
    path: `${version}/models`,
    sound: [404, 405], // servers that do only speech or pictures have no such list
    remark: true,
    read: (body) => {
      const listed = listSchema.safeParse(body).data?.data;
      if (listed === undefined) return NOTHING_READ;
      const found = listed.find(({ id }) => id === model);
      return found === undefined
        ? { contextTokens: null, detail: 'it does not list the model' }
        : { contextTokens: found.max_model_len ?? found.meta?.n_ctx ?? null, detail: null };
    },
  };
}

export const healthQuestion = ({ baseUrl }: Target): ProbeQuestion => ({
  baseUrl,
  path: '/health',
  sound: [],
  remark: true,
  read: () => NOTHING_READ,
});

export const NOTHING_READ = { contextTokens: null, detail: null };

const tokens = z.int().positive().nullish().catch(null);

const listSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      max_model_len: tokens,
      /** Of llama-server; its `n_ctx_train` may be more than it was started with. */
      meta: z.object({ n_ctx: tokens }).nullish().catch(null),
    }),
  ),
});
