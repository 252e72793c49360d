import { z } from 'zod';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';
import { modelPath } from '../targets/target.ts';
import type { HuggingFaceUrls } from '../targets/server-urls.ts';

/** Facts about models from Hugging Face. Both are cached in this process, and neither throws. */
export interface ModelFacts {
  /** The providers that serve the model, and for which task. */
  readonly mapping: (model: string) => Promise<HubAnswer<readonly MappedProvider[]>>;
  /** Chat models only: the providers behind the router, with prices. */
  readonly chatProviders: (model: string) => Promise<HubAnswer<readonly ChatProvider[]>>;
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
  /** US dollars per million tokens; null: not given. */
  readonly price: { readonly input: number; readonly output: number } | null;
}

/** `unknown`: a status that is not in our list. */
export type ProviderStatus = z.infer<typeof statusSchema>;

/** Models are passed without the router's suffix. */
export function createModelFacts(
  services: Pick<HuggingFaceUrls, 'hubUrl' | 'routerUrl' | 'hubTokens'>,
  exchange: Exchange,
  nowMs?: () => number,
): ModelFacts {
  const clock = nowMs === undefined ? {} : { nowMs };
  const askMapping = createHubQuestions({ exchange, parse: readMapping, ...clock });
  const askProviders = createHubQuestions({ exchange, parse: readChatProviders, ...clock });
  const { hubUrl, routerUrl, hubTokens } = services;
  return {
    mapping: (model) =>
      askMapping(
        `${hubUrl}/api/models/${modelPath(model)}?expand[]=inferenceProviderMapping`,
        hubTokens[0] ?? null,
      ),
    // The list is public. A token could only be refused.
    chatProviders: (model) => askProviders(`${routerUrl}/v1/models/${modelPath(model)}`, null),
  };
}

/** There are about twenty providers; the rest of a longer list is ignored. */
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

/** An object keyed by provider, or a list with the provider inside. Unreadable entries are left out. */
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
    // A price of 0 without "free" was never filled in.
    const isPrice = pricing && (is_free === true || pricing.input > 0 || pricing.output > 0);
    return [
      {
        provider,
        status,
        contextTokens: context_length ?? null,
        price: isPrice ? pricing : null,
      },
    ];
  });
}

/** An answer of the hub or the router. A failed request is an answer too: nothing else fails because of it. */
export type HubAnswer<T> =
  | { readonly outcome: 'found'; readonly value: T }
  | { readonly outcome: 'absent' }
  /** A status or an error code. */
  | { readonly outcome: 'unknown'; readonly reason: string };

interface HubQuestions<T> {
  readonly exchange: Exchange;
  /** Null: the body is not readable. */
  readonly parse: (body: unknown) => T | null;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs?: () => number;
}

/**
 * Requests by address, cached in this process: found answers for ten minutes, all others for one. Simultaneous requests
 * for one address share one exchange.
 */
function createHubQuestions<T>({
  exchange,
  parse,
  nowMs = () => performance.now(),
}: HubQuestions<T>): (url: string, token: string | null) => Promise<HubAnswer<T>> {
  const kept = new Map<string, Kept<T>>();

  return async (url, token) => {
    const known = kept.get(url);
    if (known !== undefined && known.untilMs > nowMs()) return await known.answer;
    const entry: Kept<T> = {
      answer: ask(exchange, parse, url, token),
      untilMs: Number.POSITIVE_INFINITY,
    };
    kept.delete(url); // keeps the oldest first
    kept.set(url, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    const answer = await entry.answer;
    entry.untilMs = nowMs() + (answer.outcome === 'found' ? FOUND_FOR_MS : NOT_FOUND_FOR_MS);
    return answer;
  };
}

interface Kept<T> {
  readonly answer: Promise<HubAnswer<T>>;
  untilMs: number;
}

/** The hub allows 500 requests in five minutes; providers change their models by the hour. */
const FOUND_FOR_MS = 10 * 60_000;
const NOT_FOUND_FOR_MS = 60_000;
/** Far more than anybody configures. */
const MOST_KEPT = 500;
const DEADLINE_MS = 5_000;
/** A model's description is a few KB, or some hundred KB with hundreds of adapters in its mapping. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

async function ask<T>(
  exchange: Exchange,
  parse: (body: unknown) => T | null,
  url: string,
  token: string | null,
): Promise<HubAnswer<T>> {
  try {
    const { status, bytes } = await exchange({
      method: 'GET',
      url,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: null,
      // Callers share the request, so none of them may abort it.
      signal: new AbortController().signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    if (status === 404 || status === 410) return { outcome: 'absent' };
    if (status !== 200) return { outcome: 'unknown', reason: String(status) };
    const value = parse(JSON.parse(new TextDecoder().decode(bytes)));
    return value === null
      ? { outcome: 'unknown', reason: 'unreadable' }
      : { outcome: 'found', value };
  } catch (error) {
    if (error instanceof SyntaxError) return { outcome: 'unknown', reason: 'unreadable' };
    if (error instanceof ExchangeError)
      return { outcome: 'unknown', reason: error.code ?? error.reason };
    // For example a transport that was closed meanwhile. Nobody may be waiting, so a rejection would be unhandled.
    return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'error' };
  }
}
