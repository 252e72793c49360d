import { z } from 'zod';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';
import { modelPath } from '../targets/target.ts';
import type { HuggingFaceUrls } from '../targets/server-urls.ts';

/** Facts about models from Hugging Face. Both are cached in this process, and neither throws. */
export type ModelFacts = ReturnType<typeof createModelFacts>;

/** Models are passed without the router's suffix. `nowMs`: milliseconds of a monotonic clock. */
export function createModelFacts(
  { hubUrl, routerUrl, hubTokens }: Pick<HuggingFaceUrls, 'hubUrl' | 'routerUrl' | 'hubTokens'>,
  exchange: Exchange,
  nowMs: () => number = () => performance.now(),
) {
  const askMapping = createHubQuestions(exchange, readMapping, nowMs);
  const askProviders = createHubQuestions(exchange, readChatProviders, nowMs);
  return {
    /** The providers that serve the model, and for which task. */
    mapping: (model: string) =>
      askMapping(
        `${hubUrl}/api/models/${modelPath(model)}?expand[]=inferenceProviderMapping`,
        hubTokens[0] ?? null,
      ),
    /** Chat models only: the providers behind the router, with prices. */
    chatProviders: (model: string) =>
      // The list is public. A token could only be refused.
      askProviders(`${routerUrl}/v1/models/${modelPath(model)}`, null),
  };
}

const providerName = z.string().regex(/^[\w.-]{1,64}$/);
const statusSchema = z.enum(['live', 'staging', 'error', 'unknown']).catch('unknown');
/** `unknown`: a status that is not in our list. */
export type ProviderStatus = z.infer<typeof statusSchema>;

const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

const factsSchema = z.object({ status: statusSchema, task: orNull(z.string().max(64)) });
const mappedSchema = factsSchema.extend({ provider: providerName });
export type MappedProvider = z.infer<typeof mappedSchema>;
const keyedSchema = z
  .tuple([providerName, factsSchema])
  .transform(([provider, facts]) => ({ provider, ...facts }));

const modelSchema = z.object({
  inferenceProviderMapping: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .nullish(),
});

/** An object keyed by provider, or a list with the provider inside. */
function readMapping(body: unknown): readonly MappedProvider[] | null {
  const { data } = modelSchema.safeParse(body);
  if (data === undefined) return null;
  const mapping = data.inferenceProviderMapping ?? [];
  return Array.isArray(mapping)
    ? readEach(mappedSchema, mapping)
    : readEach(keyedSchema, Object.entries(mapping));
}

const dollars = z.number().nonnegative().max(1_000_000);
const chatProviderSchema = z
  .object({
    provider: providerName,
    status: statusSchema,
    context_length: orNull(z.int().positive()),
    pricing: orNull(z.object({ input: dollars, output: dollars })),
    is_free: z.boolean().nullish().catch(null),
  })
  .transform(({ provider, status, context_length, pricing, is_free }) => ({
    provider,
    status,
    contextTokens: context_length,
    /** US dollars per million tokens. A price of 0 without "free" was never filled in. */
    price: pricing && (is_free || pricing.input > 0 || pricing.output > 0) ? pricing : null,
  }));
export type ChatProvider = z.infer<typeof chatProviderSchema>;

function readChatProviders(body: unknown): readonly ChatProvider[] | null {
  const { data } = z.object({ providers: z.array(z.unknown()) }).safeParse(body);
  return data === undefined ? null : readEach(chatProviderSchema, data.providers);
}

/** Unreadable entries are left out. */
const readEach = <Entry extends object>(
  schema: z.ZodType<Entry>,
  entries: readonly unknown[],
): Entry[] =>
  entries.slice(0, MOST_PROVIDERS).flatMap((entry) => schema.safeParse(entry).data ?? []);

/** There are about twenty providers; the rest of a longer list is ignored. */
const MOST_PROVIDERS = 200;

/** An answer of the hub or the router. A failed request is an answer too: nothing else fails because of it. */
export type HubAnswer<T> =
  | { readonly outcome: 'found'; readonly value: T }
  | { readonly outcome: 'absent' }
  /** A status or an error code. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** Null: the body is not readable. */
type Parse<T> = (body: unknown) => T | null;

/**
 * Requests by address, cached in this process: found answers for ten minutes, all others for one. Simultaneous requests
 * for one address share one exchange. The cache is as large as the configuration has models.
 */
function createHubQuestions<T>(exchange: Exchange, parse: Parse<T>, nowMs: () => number) {
  const kept = new Map<string, { readonly answer: Promise<HubAnswer<T>>; untilMs: number }>();
  return async (url: string, token: string | null): Promise<HubAnswer<T>> => {
    const known = kept.get(url);
    if (known !== undefined && known.untilMs > nowMs()) return await known.answer;
    const entry = { answer: ask(exchange, parse, url, token), untilMs: Infinity };
    kept.set(url, entry);
    const answer = await entry.answer;
    entry.untilMs = nowMs() + (answer.outcome === 'found' ? FOUND_FOR_MS : NOT_FOUND_FOR_MS);
    return answer;
  };
}

/** The hub allows 500 requests in five minutes; providers change their models by the hour. */
const FOUND_FOR_MS = 10 * 60_000;
const NOT_FOUND_FOR_MS = 60_000;
const DEADLINE_MS = 5_000;
/** A model's description is a few KB, or some hundred KB with hundreds of adapters in its mapping. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

async function ask<T>(
  exchange: Exchange,
  parse: Parse<T>,
  url: string,
  token: string | null,
  isNewName = false,
): Promise<HubAnswer<T>> {
  try {
    const { status, headers, bytes } = await exchange({
      method: 'GET',
      url,
      headers: {
        accept: 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: null,
      // Callers share the request, so none of them may abort it.
      signal: new AbortController().signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    if (status === 404 || status === 410) return { outcome: 'absent' };
    // The hub answers 307 to a renamed model. The token goes to the hub only.
    const next = status === 307 ? URL.parse(headers['location'] ?? '', url) : null;
    if (!isNewName && next?.origin === new URL(url).origin)
      return await ask(exchange, parse, next.href, token, true);
    if (status !== 200) return { outcome: 'unknown', reason: String(status) };
    const value = parse(JSON.parse(new TextDecoder().decode(bytes)));
    return value === null
      ? { outcome: 'unknown', reason: 'unreadable' }
      : { outcome: 'found', value };
  } catch (error) {
    // Whatever it is: nobody may be waiting, so a rejection would be unhandled.
    return { outcome: 'unknown', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'unreadable';
  if (error instanceof ExchangeError) return error.code ?? error.reason;
  return error instanceof Error ? error.name : 'error';
}
