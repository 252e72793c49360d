import type { Target } from '../../adapters/inference/targets/target.ts';
import type { WireResponse } from '../../adapters/inference/wire/wire-message.ts';
import { authorizationScheme } from '../../adapters/inference/protocols/forms/provider-url.ts';
import {
  endpointState,
  isManaged,
  type ManagedTarget,
  type ManagementApi,
} from '../../adapters/inference/endpoints/endpoint-api.ts';
import { ExchangeError, type Exchange } from '../../adapters/inference/wire/exchange.ts';
import { isRouted } from '../../adapters/inference/hub/preflight.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import type { HuggingFaceUrls } from '../../adapters/inference/targets/hugging-face-urls.ts';
import type { Reachability } from './models-report.ts';
import { routerQuestion, serverQuestion, type Question } from './probe-question.ts';

export interface Probe {
  readonly reachability: Reachability;
  readonly latencyMs: number | null;
  /** As the server says; null: it does not. */
  readonly contextTokens: number | null;
}

/** One question that costs nothing and wakes nothing. Never throws, but for the caller's reason to abort. */
export async function probeTarget(
  target: Target,
  { services, exchange }: { readonly services: HuggingFaceUrls; readonly exchange: Exchange },
  signal: AbortSignal,
): Promise<Probe> {
  const { tokenVariable, apiTokens, coldStart } = target;
  if (isRouted(target, services)) {
    // The list of models is public: only the model's own route would refuse.
    if (tokenVariable !== null && apiTokens.length === 0)
      return withoutAnswer('refused', `${tokenVariable} is not set`);
    return await ask(target, routerQuestion(target, services), exchange, signal);
  }
  if (isManaged(target)) {
    const asleep = await sleepOf(target, { services, exchange }, signal);
    if (asleep !== null) return asleep;
  } else if (coldStart) {
    return withoutAnswer('not_probed', 'a probe would wake it, and it has no endpoint to ask');
  }
  return await ask(target, serverQuestion(target), exchange, signal);
}

/** Null: its endpoint runs, and may be asked itself. */
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
    const said = error.status === null ? error.kind : String(error.status);
    return withoutAnswer('not_probed', `the management API: ${said}`);
  }
}

const DEADLINE_MS = 10_000;
/** OpenRouter's list of some hundred models, with what there is to say of each, has about 1 MiB. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;

/** With the first of its tokens that is not refused. */
async function ask(
  target: Target,
  question: Question,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Probe> {
  const { apiTokens, tokenVariable } = target;
  const scheme = authorizationScheme(target);
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
  question: Question,
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
    return judge(response, question, Math.round(performance.now() - start));
  } catch (error) {
    if (signal.aborted || !(error instanceof ExchangeError)) throw error;
    return withoutAnswer('unreachable', error.code ?? error.reason);
  }
}

function judge({ status, bytes }: WireResponse, question: Question, latencyMs: number): Probe {
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
  const said = `${status} to ${question.path}`;
  if (status === 429) return answered('reachable', said);
  if (!question.sound.includes(status)) return answered('unreachable', said);
  return answered('reachable', question.remark ? said : null);
}

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
