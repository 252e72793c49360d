import {
  modelPath,
  splitModelSuffix,
  type Target,
} from '../../adapters/inference/targets/target.ts';
import type { WireResponse } from '../../adapters/inference/wire/wire-message.ts';
import { contractOf } from '../../adapters/inference/protocols/contract-table.ts';
import {
  NOTHING_READ,
  type ProbeQuestion,
} from '../../adapters/inference/protocols/forms/probe-question.ts';
import {
  endpointState,
  isManaged,
  type ManagedTarget,
} from '../../adapters/inference/endpoints/endpoint-api.ts';
import { ExchangeError, type Exchange } from '../../adapters/inference/wire/exchange.ts';
import { isRouted } from '../../adapters/inference/hub/preflight.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import type { HuggingFaceUrls } from '../../adapters/inference/targets/server-urls.ts';
import type { Reachability } from './models-report.ts';

export interface Probe {
  readonly reachability: Reachability;
  readonly latencyMs: number | null;
  /** As reported by the server; null: not reported. */
  readonly contextTokens: number | null;
}

interface ProbePorts {
  readonly services: HuggingFaceUrls;
  readonly exchange: Exchange;
}

/** Sends one request that costs nothing and wakes nothing. Throws only the caller's abort reason. */
export async function probeTarget(
  target: Target,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<Probe> {
  const { tokenVariable, apiTokens, coldStart } = target;
  const { services, exchange } = ports;
  if (isRouted(target, services)) {
    // The list of models is public: only the model's own route would refuse a missing token.
    if (tokenVariable !== null && apiTokens.length === 0)
      return probed('refused', `${tokenVariable} is not set`);
    return await ask(target, routerQuestion(target, services), exchange, signal);
  }
  if (isManaged(target)) {
    const asleep = await sleepOf(target, ports, signal);
    if (asleep !== null) return asleep;
  } else if (coldStart) {
    const why = 'a probe would wake it, and no endpoint is configured to ask instead';
    return probed('not_probed', why);
  }
  const { probeQuestion } = contractOf(target).traits;
  return await ask(target, probeQuestion(target), exchange, signal);
}

const probed = (
  state: Reachability['state'],
  detail: string | null,
  latencyMs: number | null = null,
  contextTokens: number | null = null,
): Probe => ({ reachability: { state, detail }, latencyMs, contextTokens });

/** Null: the endpoint is running and can be probed. */
async function sleepOf(
  target: ManagedTarget,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<Probe | null> {
  try {
    const { state } = await endpointState(target, ports, signal);
    if (state === 'running') return null;
    if (state === 'failed' || state === 'updateFailed')
      return probed('unreachable', `its endpoint is ${state}`);
    if (state !== 'paused') return probed('asleep', state);
    return target.endpoint.resume
      ? probed('asleep', 'paused; a job resumes it')
      : probed('unreachable', 'its endpoint is paused');
  } catch (error) {
    if (signal.aborted || !(error instanceof InferenceError)) throw error;
    return probed('not_probed', `the management API: ${error.status ?? error.kind}`);
  }
}

const DEADLINE_MS = 10_000;
/** OpenRouter's list of several hundred models has about 1 MiB. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;

/** Tries the target's tokens in order until one is accepted. */
async function ask(
  target: Target,
  question: ProbeQuestion,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Probe> {
  const { apiTokens, tokenVariable } = target;
  const scheme = contractOf(target).traits.authorizationScheme(target);
  let refusal: Probe | null = null;
  for (const token of apiTokens) {
    const authorization = `${scheme} ${token}`;
    const probe = await askWith({ authorization }, question, exchange, signal);
    if (probe.reachability.state !== 'refused') return probe;
    refusal = probe;
  }
  if (refusal !== null) return refusal;
  const probe = await askWith({}, question, exchange, signal);
  const { state, detail } = probe.reachability;
  if (state !== 'refused') return probe;
  const why =
    tokenVariable === null ? 'it is called without a token' : `${tokenVariable} is not set`;
  return { ...probe, reachability: { state, detail: `${detail}, and ${why}` } };
}

async function askWith(
  authorization: { readonly authorization?: string },
  question: ProbeQuestion,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Probe> {
  const start = performance.now();
  try {
    const response = await exchange({
      method: 'GET',
      url: question.baseUrl + question.path,
      headers: { accept: 'application/json', ...authorization },
      body: null,
      signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    return toProbe(response, question, Math.round(performance.now() - start));
  } catch (error) {
    if (signal.aborted || !(error instanceof ExchangeError)) throw error;
    return probed('unreachable', error.code ?? error.reason);
  }
}

function toProbe({ status, bytes }: WireResponse, question: ProbeQuestion, latencyMs: number) {
  if (status === 401 || status === 403) return probed('refused', String(status), latencyMs);
  if (status >= 200 && status < 300) {
    const { detail, contextTokens } = question.read(parseJson(bytes));
    return probed('reachable', detail, latencyMs, contextTokens);
  }
  const detail = `${status} to ${question.path}`;
  if (status === 429) return probed('reachable', detail, latencyMs);
  if (!question.sound.includes(status)) return probed('unreachable', detail, latencyMs);
  return probed('reachable', question.remark ? detail : null, latencyMs);
}

/** For a target behind Hugging Face's router. A 404 means no chat model, or one that is not served: the mapping tells. */
const routerQuestion = (
  { model }: Target,
  { routerUrl }: Pick<HuggingFaceUrls, 'routerUrl'>,
): ProbeQuestion => ({
  baseUrl: routerUrl,
  path: `/v1/models/${modelPath(splitModelSuffix(model).name)}`,
  sound: [404],
  remark: false,
  read: () => NOTHING_READ,
});

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
