import { z } from 'zod';
import type { Exchange } from '../wire/exchange.ts';
import type { HuggingFaceUrls } from '../targets/hugging-face-urls.ts';
import type { LookUp } from './look-up.ts';
import { createLookUp } from './look-up.ts';

/** What Hugging Face says of models. Both look-ups are cached in this process, and neither throws. */
export interface ModelFacts {
  /** Which providers serve the model by which task, whatever it is for. */
  readonly mapping: (model: string) => Promise<LookUp<readonly MappedProvider[]>>;
  /** Chat models only: who serves it on the router, for how much. */
  readonly chatProviders: (model: string) => Promise<LookUp<readonly ChatProvider[]>>;
}

export interface MappedProvider {
  readonly provider: string;
  readonly status: ProviderStatus;
  readonly task: string | null;
}

export interface ChatProvider {
  readonly provider: string;
  readonly status: ProviderStatus;
  readonly contextTokens: number | null;
  /** US dollars a million tokens; null: it does not say. */
  readonly price: { readonly input: number; readonly output: number } | null;
}

/** `unknown`: a word that we do not know. */
export type ProviderStatus = z.infer<typeof statusSchema>;

/** `model` is always without the router's suffix. */
export function createModelFacts(
  services: Pick<HuggingFaceUrls, 'hubUrl' | 'routerUrl' | 'hubTokens'>,
  exchange: Exchange,
  nowMs?: () => number,
): ModelFacts {
  const clock = nowMs === undefined ? {} : { nowMs };
  const lookUpMapping = createLookUp({ exchange, parse: readMapping, ...clock });
  const lookUpProviders = createLookUp({ exchange, parse: readChatProviders, ...clock });
  const { hubUrl, routerUrl, hubTokens } = services;
  return {
    mapping: (model) =>
      lookUpMapping(
        `${hubUrl}/api/models/${pathOf(model)}?expand[]=inferenceProviderMapping`,
        hubTokens[0] ?? null,
      ),
    // The list is public; a token would only be one more thing that can be refused.
    chatProviders: (model) => lookUpProviders(`${routerUrl}/v1/models/${pathOf(model)}`, null),
  };
}

const pathOf = (model: string): string => model.split('/').map(encodeURIComponent).join('/');

/** There are about twenty; more are not believed. */
const MOST_PROVIDERS = 200;
const providerName = z.string().regex(/^[\w.-]{1,64}$/);
const statusSchema = z.enum(['live', 'staging', 'error', 'unknown']).catch('unknown');

const mappedSchema = z.object({
  status: statusSchema,
  task: z.string().max(64).nullish().catch(null),
});
const modelSchema = z.object({
  inferenceProviderMapping: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .nullish(),
});

/** An object by provider, or a list with the provider inside; entries that cannot be read are left out. */
function readMapping(body: unknown): readonly MappedProvider[] | null {
  const model = modelSchema.safeParse(body);
  if (!model.success) return null;
  const mapping = model.data.inferenceProviderMapping ?? [];
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(mapping)
    ? mapping.map((entry) => [
        z.object({ provider: z.string() }).safeParse(entry).data?.provider,
        entry,
      ])
    : Object.entries(mapping);
  return entries.slice(0, MOST_PROVIDERS).flatMap(([name, entry]) => {
    const provider = providerName.safeParse(name);
    const facts = mappedSchema.safeParse(entry);
    return provider.success && facts.success
      ? [
          {
            provider: provider.data,
            status: facts.data.status,
            task: facts.data.task ?? null,
          },
        ]
      : [];
  });
}

const dollars = z.number().nonnegative().max(1_000_000);
const chatProviderSchema = z.object({
  provider: providerName,
  status: statusSchema,
  context_length: z.int().positive().nullish().catch(null),
  pricing: z.object({ input: dollars, output: dollars }).nullish().catch(null),
  is_free: z.boolean().nullish().catch(null),
});

function readChatProviders(body: unknown): readonly ChatProvider[] | null {
  const model = z.object({ providers: z.array(z.unknown()) }).safeParse(body);
  if (!model.success) return null;
  return model.data.providers.slice(0, MOST_PROVIDERS).flatMap((entry) => {
    const facts = chatProviderSchema.safeParse(entry);
    if (!facts.success) return [];
    const { provider, status, context_length, pricing, is_free } = facts.data;
    // A nought that does not say "free" is a price that nobody filled in.
    const said = pricing && (is_free === true || pricing.input > 0 || pricing.output > 0);
    return [
      {
        provider,
        status,
        contextTokens: context_length ?? null,
        price: said ? pricing : null,
      },
    ];
  });
}
