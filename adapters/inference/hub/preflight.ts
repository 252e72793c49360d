import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';
import type { Price, Target } from '../targets/target.ts';
import type { InferenceConfiguration } from '../targets/load-configuration.ts';
import type { HuggingFaceUrls } from '../targets/hugging-face-urls.ts';
import type { LookUp } from './look-up.ts';
import type { ChatProvider, MappedProvider, ModelFacts, ProviderStatus } from './model-facts.ts';

/** What Hugging Face says of one target that it serves. */
export interface PreflightFinding {
  readonly role: Role;
  readonly target: string;
  /** Null: the router chooses among several. */
  readonly provider: string | null;
  readonly mapping: Mapping;
  /** Null: not known. */
  readonly taskMatches: boolean | null;
  /** As the router lists it, for chat models only; where it chooses, the highest that it may come to. */
  readonly price: Price | null;
  /** As the router lists it; where it chooses, the smallest. */
  readonly contextTokens: number | null;
}

/** `absent`: no such model, or not with that provider. `unknown`: nobody could tell. */
export const MAPPINGS = ['live', 'staging', 'error', 'absent', 'unknown'] as const;
export type Mapping = (typeof MAPPINGS)[number];

/** One finding a target that goes through Hugging Face's router, in the order of the chains. Never throws. */
export async function preflight(
  { roles, services }: Pick<InferenceConfiguration, 'roles' | 'services'>,
  facts: ModelFacts,
): Promise<readonly PreflightFinding[]> {
  const routed = Object.values(roles)
    .flat()
    .filter((target) => isRouted(target, services));
  const findings: PreflightFinding[] = [];
  // A few questions at a time: a chain is short, and the hub counts them.
  for (let from = 0; from < routed.length; from += AT_ONCE) {
    const some = routed.slice(from, from + AT_ONCE);
    findings.push(...(await Promise.all(some.map((target) => examineTarget(target, facts)))));
  }
  return findings;
}

/** What to log and count of a finding; null: it is live, and for the right task. */
export function whatIsNotLive(finding: PreflightFinding): string | null {
  const { target, provider, mapping, taskMatches } = finding;
  const who = provider ?? 'a provider';
  if (mapping === 'unknown')
    return `${target}: Hugging Face could not say whether ${who} serves it`;
  if (mapping === 'absent') return `${target}: ${who} does not serve the model (any more)`;
  if (mapping !== 'live') return `${target}: ${who} serves the model in state ${mapping} only`;
  if (taskMatches === false) return `${target}: ${who} serves the model for another task`;
  return null;
}

/** Whether it is Hugging Face's router that the target calls; the contracts speak to servers of one's own too. */
export const isRouted = (
  target: Target,
  { routerUrl }: Pick<HuggingFaceUrls, 'routerUrl'>,
): boolean =>
  (target.contract === 'hf-chat' || PROVIDERS[target.contract] !== undefined) &&
  new URL(target.baseUrl).origin === new URL(routerUrl).origin;

/** Of a target that `isRouted`. */
export async function examineTarget(target: Target, facts: ModelFacts): Promise<PreflightFinding> {
  const provider = PROVIDERS[target.contract];
  const found =
    provider === undefined
      ? chatFinding(target, await facts.chatProviders(splitSuffix(target.model).model))
      : mappedFinding(target, provider, await mappingOf(target, facts));
  return { role: target.role, target: target.name, ...found };
}

const AT_ONCE = 8;

/** The name by which the hub knows whom a contract speaks to. */
const PROVIDERS: Readonly<Partial<Record<ContractName, string>>> = {
  'hf-task': 'hf-inference',
  fal: 'fal-ai',
  replicate: 'replicate',
  together: 'together',
  deepinfra: 'deepinfra',
  nscale: 'nscale',
};

/** Hub tasks by which a role can be served; hf-inference has a route for summaries, the others chat. */
const tasksOf = ({ role, contract }: Target): readonly string[] =>
  role === 'summarize' && contract === 'hf-task' ? ['summarization'] : TASKS[role];

const TASKS: Readonly<Record<Role, readonly string[]>> = {
  transcribe: ['automatic-speech-recognition'],
  summarize: ['conversational', 'text-generation'],
  illustrate: ['text-to-image'],
  moderate: ['image-classification'],
  classify: ['text-classification'],
  generate: ['conversational', 'text-generation'],
  embed: ['feature-extraction', 'sentence-similarity'],
};

/**
 * The hub knows models by its own names, and hf-inference does too. The other providers are called by theirs, such as
 * fal-ai/flux/dev: of a name that the hub does not have, nobody can tell.
 */
async function mappingOf(
  { contract, model }: Target,
  facts: ModelFacts,
): Promise<LookUp<readonly MappedProvider[]>> {
  const own = { outcome: 'unknown', reason: "the provider's own name" } as const;
  if (contract === 'hf-task') return await facts.mapping(model);
  if (!/^[\w.-]+\/[\w.-]+$/.test(model)) return own;
  const found = await facts.mapping(model);
  return found.outcome === 'absent' ? own : found;
}

type Found = Omit<PreflightFinding, 'role' | 'target'>;

function mappedFinding(
  target: Target,
  provider: string,
  lookUp: LookUp<readonly MappedProvider[]>,
): Found {
  const nothing = { provider, taskMatches: null, price: null, contextTokens: null };
  if (lookUp.outcome !== 'found') return { ...nothing, mapping: lookUp.outcome };
  const entry = lookUp.value.find((one) => one.provider === provider);
  if (entry === undefined) return { ...nothing, mapping: 'absent' };
  const { status, task } = entry;
  return {
    ...nothing,
    mapping: status,
    taskMatches: task === null ? null : tasksOf(target).includes(task),
  };
}

function chatFinding({ model }: Target, lookUp: LookUp<readonly ChatProvider[]>): Found {
  const { suffix } = splitSuffix(model);
  const named = suffix === null || ROUTER_POLICIES.includes(suffix) ? null : suffix;
  const nothing = { provider: named, taskMatches: null, price: null, contextTokens: null };
  if (lookUp.outcome !== 'found') return { ...nothing, mapping: lookUp.outcome };
  const candidates = lookUp.value.filter(({ provider }) => named === null || provider === named);
  const live = candidates.filter(({ status }) => status === 'live');
  return {
    provider: named ?? (live.length === 1 ? (live[0]?.provider ?? null) : null),
    mapping: best(candidates.map(({ status }) => status)),
    taskMatches: candidates.length > 0 ? true : null,
    price: suffix === 'cheapest' ? cheapest(live) : dearest(live),
    contextTokens: smallest(live.map(({ contextTokens }) => contextTokens)),
  };
}

/** `owner/name:suffix`: a provider's name, or a policy by which the router chooses one. */
function splitSuffix(model: string): { readonly model: string; readonly suffix: string | null } {
  const colon = model.lastIndexOf(':');
  return colon === -1
    ? { model, suffix: null }
    : { model: model.slice(0, colon), suffix: model.slice(colon + 1) };
}

const ROUTER_POLICIES: readonly string[] = ['cheapest', 'fastest', 'preferred', 'auto'];

/** One provider that is live suffices. */
const best = (statuses: readonly ProviderStatus[]): Mapping =>
  (['live', 'staging', 'error', 'unknown'] as const).find((status) => statuses.includes(status)) ??
  'absent';

/** By what an answer costs, as the router chooses. */
function cheapest(providers: readonly ChatProvider[]): Price | null {
  const prices = providers.flatMap(({ price }) => (price === null ? [] : [price]));
  const [first] = prices.toSorted((a, b) => a.output - b.output || a.input - b.input);
  return first === undefined ? null : perMillion(first);
}

/** Null where one of them does not say: it may be dearer than all the others. */
function dearest(providers: readonly ChatProvider[]): Price | null {
  const prices = providers.flatMap(({ price }) => (price === null ? [] : [price]));
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

function smallest(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.min(...known);
}
