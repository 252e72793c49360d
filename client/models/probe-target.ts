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
  type ManagementApi,
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

/** Sends one request that costs nothing and wakes nothing. Throws only the caller's abort reason. */
export async function probeTarget(
  target: Target,
  { services, exchange }: { readonly services: HuggingFaceUrls; readonly exchange: Exchange },
  signal: AbortSignal,
): Promise<Probe> {
  const { tokenVariable, apiTokens, coldStart } = target;
  const { probeQuestion } = contractOf(target).traits;
  if (isRouted(target, services)) {
    // The list of models is public: only the model's own route would refuse a missing token.
    if (tokenVariable !== null && apiTokens.length === 0)
      return withoutAnswer('refused', `${tokenVariable} is not set`);
    return await ask(target, routerQuestion(target, services), exchange, signal);
  }
  if (isManaged(target)) {
    const asleep = await sleepOf(target, { services, exchange }, signal);
    if (asleep !== null) return asleep;
  } else if (coldStart) {
    return withoutAnswer(
      'not_probed',
      'a probe would wake it, and no endpoint is configured to ask instead',
    );
  }
  return await ask(target, probeQuestion(target), exchange, signal);
}

/** Null: the endpoint is running and can be probed. */
async function sleepOf(
  target: ManagedTarget,
  api: ManagementApi,
  signal: AbortSignal,
): Promise<Probe | null> {
  try {
    const { state } = await endpointState(target, api, signal);
    switch (state) {
      case 'running':
        return null;
      case 'paused':
        return target.endpoint.resume
          ? withoutAnswer('asleep', 'paused; a job resumes it')
          : withoutAnswer('unreachable', 'its endpoint is paused');
      case 'failed':
      case 'updateFailed':
        return withoutAnswer('unreachable', `its endpoint is ${state}`);
      case 'scaledToZero':
      case 'pending':
      case 'initializing':
      case 'updating':
      case 'unknown':
        return withoutAnswer('asleep', state);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof InferenceError)) throw error;
    const detail = error.status === null ? error.kind : String(error.status);
    return withoutAnswer('not_probed', `the management API: ${detail}`);
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
  const [first = null, ...others] = apiTokens.map((token) => `${scheme} ${token}`);
  let probe = await askWith(first, question, exchange, signal);
  for (const authorization of others) {
    if (probe.reachability.state !== 'refused') break;
    probe = await askWith(authorization, question, exchange, signal);
  }
  const { state, detail } = probe.reachability;
  if (state !== 'refused' || first !== null) return probe;
  const why =
    tokenVariable === null ? 'it is called without a token' : `${tokenVariable} is not set`;
  return { ...probe, reachability: { state, detail: `${detail}, and ${why}` } };
}

async function askWith(
  authorization: string | null,
  question: ProbeQuestion,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Probe> {
  const start = performance.now();
  try {
    const response = await exchange({
      method: 'GET',
      url: question.baseUrl + question.path,
      headers: {
        accept: 'application/json',
        ...(authorization === null ? {} : { authorization }),
      },
      body: null,
      signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    return toProbe(response, question, Math.round(performance.now() - start));
  } catch (error) {
    if (signal.aborted || !(error instanceof ExchangeError)) throw error;
    return withoutAnswer('unreachable', error.code ?? error.reason);
  }
}

function toProbe(
  { status, bytes }: WireResponse,
  question: ProbeQuestion,
  latencyMs: number,
): Probe {
  const answered = (state: Reachability['state'], detail: string | null): Probe => ({
    reachability: { state, detail },
    latencyMs,
    contextTokens: null,
  });
  if (status === 401 || status === 403) return answered('refused', String(status));
  if (status >= 200 && status < 300) {
    const { detail, contextTokens } = question.read(parseJson(bytes));
    return { ...answered('reachable', detail), contextTokens };
  }
  const detail = `${status} to ${question.path}`;
  if (status === 429) return answered('reachable', detail);
  if (!question.sound.includes(status)) return answered('unreachable', detail);
  return answered('reachable', question.remark ? detail : null);
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

const withoutAnswer = (state: Reachability['state'], detail: string): Probe => ({
  reachability: { state, detail },
  latencyMs: null,
  contextTokens: null,
});

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
