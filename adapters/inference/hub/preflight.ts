import type { Role } from '../../../workflows/contracts/targets.ts';
import { contractOf } from '../protocols/contract-table.ts';
import type { RouterTraits } from '../protocols/contract.ts';
import type { HuggingFaceUrls } from '../targets/server-urls.ts';
import type { InferenceConfiguration } from '../targets/load-configuration.ts';
import { splitModelSuffix, type Price, type Target } from '../targets/target.ts';
import type {
  ChatProvider,
  HubAnswer,
  MappedProvider,
  ModelFacts,
  ProviderStatus,
} from './model-facts.ts';

/** What Hugging Face reports about a target behind its router. */
export interface PreflightFinding {
  readonly role: Role;
  readonly target: string;
  /** Null: the router chooses among several. */
  readonly provider: string | null;
  readonly mapping: Mapping;
  /** Null: unknown. */
  readonly taskMatches: boolean | null;
  /** The router's listed price, for chat models only; where it chooses the provider, the highest possible one. */
  readonly price: Price | null;
  /** The router's listed context; where it chooses the provider, the smallest one. */
  readonly contextTokens: number | null;
}

/** `absent`: there is no such model, or the provider does not serve it. `unknown`: no answer. */
export const MAPPINGS = ['live', 'staging', 'error', 'absent', 'unknown'] as const;
export type Mapping = (typeof MAPPINGS)[number];

/** One finding per target behind Hugging Face's router, in the order of the chains. Never throws. */
export async function preflight(
  { roles, services }: Pick<InferenceConfiguration, 'roles' | 'services'>,
  facts: ModelFacts,
): Promise<readonly PreflightFinding[]> {
  const routed = Object.values(roles)
    .flat()
    .filter((target) => isRouted(target, services));
  // One after another: the hub counts requests, and nobody waits for the findings.
  return await Array.fromAsync(routed, (target) => examineTarget(target, facts));
}

/** A problem to log and count; null: the model is live, for the right task. */
export function whatIsNotLive(finding: PreflightFinding): string | null {
  const { target, provider, mapping, taskMatches } = finding;
  const who = provider ?? 'a provider';
  if (mapping === 'unknown')
    return `${target}: Hugging Face did not tell whether ${who} serves the model`;
  if (mapping === 'absent') return `${target}: ${who} does not serve the model (any more)`;
  if (mapping !== 'live') return `${target}: ${who} serves the model only in state ${mapping}`;
  if (taskMatches === false) return `${target}: ${who} serves the model for another task`;
  return null;
}

/** Whether the target calls Hugging Face's router: users may run servers that speak its contracts. */
export const isRouted = (
  target: Target,
  { routerUrl }: Pick<HuggingFaceUrls, 'routerUrl'>,
): boolean =>
  contractOf(target).traits.router !== null &&
  new URL(target.baseUrl).origin === new URL(routerUrl).origin;

/** For targets that are `isRouted`. */
export async function examineTarget(target: Target, facts: ModelFacts): Promise<PreflightFinding> {
  const { role, model } = target;
  const provider = contractOf(target).traits.router?.provider ?? null;
  const found =
    provider === null
      ? chatFinding(model, await facts.chatProviders(splitModelSuffix(model).name))
      : mappedFinding(role, provider, await mappingOf(model, provider, facts));
  return { role, target: target.name, ...NOTHING, ...found };
}

const NOTHING = { taskMatches: null, price: null, contextTokens: null };

type Found = Pick<PreflightFinding, 'provider' | 'mapping'> & Partial<PreflightFinding>;

type Provider = NonNullable<RouterTraits['provider']>;

/** Hub tasks by which providers serve a role. */
const TASKS: Readonly<Record<Role, readonly string[]>> = {
  transcribe: ['automatic-speech-recognition'],
  // The hub has no task for speakers; fal's Whisper serves this one.
  diarize: ['automatic-speech-recognition'],
  summarize: ['conversational', 'text-generation'],
  illustrate: ['text-to-image'],
  moderate: ['image-classification'],
  classify: ['text-classification'],
  generate: ['conversational', 'text-generation'],
  embed: ['feature-extraction', 'sentence-similarity'],
};

/** A name that the hub does not have may be the provider's own, such as fal-ai/flux/dev: then nothing is known. */
async function mappingOf(
  model: string,
  { modelNames }: Provider,
  facts: ModelFacts,
): Promise<HubAnswer<readonly MappedProvider[]>> {
  const own = { outcome: 'unknown', reason: "the provider's own name" } as const;
  if (modelNames === 'hub') return await facts.mapping(model);
  if (!/^[\w.-]+\/[\w.-]+$/.test(model)) return own;
  const found = await facts.mapping(model);
  return found.outcome === 'absent' ? own : found;
}

function mappedFinding(
  role: Role,
  { name: provider, tasks }: Provider,
  answer: HubAnswer<readonly MappedProvider[]>,
): Found {
  if (answer.outcome !== 'found') return { provider, mapping: answer.outcome };
  const entry = answer.value.find((one) => one.provider === provider);
  if (entry === undefined) return { provider, mapping: 'absent' };
  const { status: mapping, task } = entry;
  const taskMatches = task === null ? null : (tasks[role] ?? TASKS[role]).includes(task);
  return { provider, mapping, taskMatches };
}

function chatFinding(model: string, answer: HubAnswer<readonly ChatProvider[]>): Found {
  const { suffix } = splitModelSuffix(model);
  const named = suffix === null || ROUTER_POLICIES.includes(suffix) ? null : suffix;
  if (answer.outcome !== 'found') return { provider: named, mapping: answer.outcome };
  const candidates = answer.value.filter(({ provider }) => named === null || provider === named);
  const live = candidates.filter(({ status }) => status === 'live');
  const contexts = live.flatMap(({ contextTokens }) => contextTokens ?? []);
  return {
    provider: named ?? (live.length === 1 ? (live[0]?.provider ?? null) : null),
    mapping: best(candidates.map(({ status }) => status)),
    taskMatches: candidates.length > 0 ? true : null,
    price: suffix === 'cheapest' ? cheapest(live) : dearest(live),
    contextTokens: contexts.length === 0 ? null : Math.min(...contexts),
  };
}

/** Suffixes by which the router chooses a provider. */
const ROUTER_POLICIES: readonly string[] = ['cheapest', 'fastest', 'preferred', 'auto'];

/** One live provider is enough. */
const best = (statuses: readonly ProviderStatus[]): Mapping =>
  (['live', 'staging', 'error', 'unknown'] as const).find((status) => statuses.includes(status)) ??
  'absent';

/** By the price of the answer, as the router chooses. */
function cheapest(providers: readonly ChatProvider[]): Price | null {
  const prices = providers.flatMap(({ price }) => price ?? []);
  const [first] = prices.toSorted((a, b) => a.output - b.output || a.input - b.input);
  return first === undefined ? null : perMillion(first);
}

/** Null if one of them gives no price: it may be the highest. */
function dearest(providers: readonly ChatProvider[]): Price | null {
  const prices = providers.flatMap(({ price }) => price ?? []);
  if (prices.length === 0 || prices.length < providers.length) return null;
  return perMillion({
    input: Math.max(...prices.map(({ input }) => input)),
    output: Math.max(...prices.map(({ output }) => output)),
  });
}

const perMillion = ({ input, output }: NonNullable<ChatProvider['price']>): Price => ({
  inputPerMillion: input,
  outputPerMillion: output,
  perAudioMinute: null,
  perImage: null,
  perComputeSecond: null,
});
