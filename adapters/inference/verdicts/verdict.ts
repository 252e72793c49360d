import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { Target } from '../targets/target.ts';
import type { WireResponse } from '../wire/wire-message.ts';
import { readErrorMessage, type ErrorMessage } from './error-message.ts';
import { errorFor, type InferenceError } from './inference-error.ts';
import { retryDelayMs } from './retry-delay.ts';

/**
 * The verdict on an error answer: any status except 2xx, or a 2xx with an error in its body. The provider's text only
 * helps to decide; our message never repeats it.
 */
export function toInferenceError(
  response: WireResponse,
  target: Target,
  traits: ErrorTraits,
  now: Date,
): InferenceError {
  const message = readErrorMessage(response.bytes);
  const inside = response.status >= 200 && response.status < 300;
  const status = inside ? (message.status ?? statusFromWords(message)) : response.status;
  const { kind, advice } = verdictOn({ status, message, target, traits });
  const waits = kind === 'rate_limited' || kind === 'loading' || status === 503;
  return errorFor(target, response, {
    kind,
    says: `answered ${response.status}${inside ? ' with an error inside' : ''}: ${advice(target, traits)}`,
    waitMs: waits ? retryDelayMs({ ...response, message }, now) : null,
    charge: 'refused',
    wantsCompletionTokens: mentions(
      [400, 422],
      NO_COMPLETION_TOKENS,
    )({ status, message, target, traits }),
  });
}

/** The first matching row of the table; the last one matches every outcome. */
export const verdictOn = (outcome: Outcome): Verdict =>
  Object.values(VERDICTS).find((row) => row.matches(outcome)) ?? UNREADABLE;

export interface Outcome {
  readonly status: number;
  readonly message: ErrorMessage;
  readonly target: Target;
  readonly traits: ErrorTraits;
}

/** What errors of a contract mean beyond their status. */
export interface ErrorTraits {
  /** The token that its servers accept, for messages. */
  readonly neededToken: string;
  /** Its servers answer 400 to every exception, so that a 400 may be a temporary fault. */
  readonly everyExceptionIs400: boolean;
}

export const ANY_TOKEN = 'a token that this server accepts';
export const HUGGING_FACE_TOKEN =
  'a token with permission to call Inference Providers (https://huggingface.co/settings/tokens)';

export interface Verdict {
  readonly matches: (outcome: Outcome) => boolean;
  readonly kind: VerdictKind;
  /** What it means and what to do. */
  readonly advice: (target: Target, traits: ErrorTraits) => string;
}

const hasStatus =
  (...statuses: readonly number[]) =>
  ({ status }: Outcome): boolean =>
    statuses.includes(status);

const mentions =
  (statuses: readonly number[], pattern: RegExp) =>
  ({ status, message }: Outcome): boolean =>
    statuses.includes(status) && (pattern.test(message.text) || pattern.test(message.code));

const anyOf =
  (...conditions: readonly Verdict['matches'][]) =>
  (outcome: Outcome): boolean =>
    conditions.some((matches) => matches(outcome));

/** Where a quoted name may stand, it has no blanks: prose about the input does not match. */
const NOT_SERVED = new RegExp(
  [
    'model_(?:not_(?:supported|found|available)|decommissioned)|not supported (?:by (?:any )?provider|for task)',
    'model .{0,200}(?:does not exist|has been decommissioned)',
    String.raw`\b(?:invalid|unknown)[ _]model\b(?! (?:input|output|param|arg|kwarg))|\bparam:model\b`,
    String.raw`\bmodel (?:\S{1,200} )?(?:is |was )?not (?:found|exist|available)\b|not a valid model id`,
    'allowed now, your model|no healthy deployments',
    // Of transformers, diffusers and peft: the repository is not a whole model, or not one for this pipeline.
    String.raw`(?:does not (?:contain a|appear to have a file named)|no file named) (?:config|model_index)\.json`,
    String.raw`^pipeline <class .{1,300}> expected [[{]|^target modules \{`,
    // The template of the model cannot write our messages, or is missing: no text of ours would fit.
    'template_error|missing_template_variable|default chat template|conversation roles must alternate|system role (?:is )?not supported',
  ].join('|'),
  'i',
);
/** Of Kong, Express, OpenAI, Groq, Go and llama-server. */
const NO_ROUTE =
  /no route matched|cannot (?:get|post) \/|invalid url \(|unknown request url|page not found|file not found/i;
/** Of OpenAI, Groq, and Mistral and other servers with FastAPI. */
const NO_PARAMETER =
  /\bunsupported[ _](?:parameter|value)\b|unrecognized request argument|\bproperty '\w{1,50}' is unsupported|extra_forbidden/i;
/** Of OpenAI's models that reason. */
const NO_COMPLETION_TOKENS =
  /\bunsupported (?:parameter|value): '(?:max_tokens|temperature)'|\buse 'max_completion_tokens' instead/i;
/**
 * Of OpenAI; FastAPI, also as vLLM quotes it; TGI and other servers in Rust; hf-inference's sentence models; Replicate.
 * The form of a request does not depend on its item.
 */
const OTHER_FORM =
  /missing_required_parameter|\bfield:missing\b|'type': 'missing', 'loc': \('body', |failed to deserialize the json body into the target type|^field required: received|^- input: \S{1,100} is required/im;
const TOO_LONG =
  /context[ _-]?(?:length|window|size)|maximum context|too many tokens|`?inputs`? (?:tokens|must have less)|reduce the length|(?:prompt|input) is too (?:long|large)|more than \d{1,9} mel input features|audio_duration_too_long|file_too_large/i;
const OUT_OF_ORDER = /\bcuda\b|cublas|cudnn|out of memory|downstream_service/i;
/** Only the toolkit reports these with 400, as it does every exception. */
const TOOLKIT_OUT_OF_ORDER =
  /\bffmpeg\b|tim(?:ed|e)[ -]?out|no space left|connection (?:reset|refused|aborted)|broken pipe/i;
const NO_QUOTA = /insufficient_quota|exceeded your (?:current quota|monthly included credits)/i;
const NO_BALANCE = /exhausted balance|insufficient (?:balance|credits?|funds)/i;
const LOADING = /\bloading\b|is (?:being )?(?:starting|initiali[sz]ing)/i;
const OVERLOADED = /overloaded|too busy/i;

const UNREADABLE: Verdict = {
  matches: () => true,
  kind: 'provider_bug',
  advice: (target) => `an unexpected answer. Check that it speaks the contract ${target.contract}.`,
};

/** Read from top to bottom: the first matching row applies. Each is described by its key, by which its test finds it. */
export const VERDICTS: Readonly<Record<string, Verdict>> = {
  '402, 401 and 403 exhausted balance, 429 insufficient_quota: out of credits': {
    matches: anyOf(hasStatus(402), mentions([401, 403], NO_BALANCE), mentions([429], NO_QUOTA)),
    kind: 'billing',
    advice: outOfCredit,
  },
  '401, 403: the token is refused': {
    matches: hasStatus(401, 403),
    kind: 'auth',
    advice: refusedToken,
  },
  '429 "request too large": the item alone exceeds the quota': {
    matches: mentions([429], /request too large/i),
    kind: 'too_large',
    advice: () => 'the item exceeds the quota of one minute. Lower contextTokens.',
  },
  '429: too many requests': {
    matches: hasStatus(429),
    kind: 'rate_limited',
    advice: () => 'too many requests. It is retried later; lower requestsPerMinute or concurrency.',
  },
  '410 that names the router: Hugging Face has shut down the host of the url': {
    matches: mentions([410], /router\.huggingface\.co/i),
    kind: 'not_served',
    advice: () => 'Hugging Face has shut down this address. Use https://router.huggingface.co.',
  },
  '404 "no Route matched": the url is not the address of the API': {
    matches: mentions([404], NO_ROUTE),
    kind: 'not_served',
    advice: wrongUrl,
  },
  '404, 410, 451: the model or the route does not exist': {
    matches: hasStatus(404, 410, 451),
    kind: 'not_served',
    advice: notServed,
  },
  '405, 501 and redirects: the url is not the address of the API': {
    matches: ({ status }) => status === 405 || status === 501 || (status >= 300 && status < 400),
    kind: 'not_served',
    advice: wrongUrl,
  },
  '400, 422 model_not_supported, unknown model, chat template: the model is not served': {
    matches: mentions([400, 422], NOT_SERVED),
    kind: 'not_served',
    advice: notServed,
  },
  '400, 422 unsupported_parameter: the model does not take a parameter of the target': {
    matches: mentions([400, 422], NO_PARAMETER),
    kind: 'not_served',
    advice: ({ model }) =>
      `${model} does not take one of the parameters. Correct preset and parameters of the target.`,
  },
  '400, 422 missing field, another type: the model takes another form of request': {
    matches: mentions([400, 422], OTHER_FORM),
    kind: 'not_served',
    advice: ({ contract, model }) =>
      `${model} takes another form of request than the contract ${contract} has. Choose another model or contract.`,
  },
  '413: the body is too large': {
    matches: hasStatus(413),
    kind: 'too_large',
    advice: () => 'the request is too large. Lower bodyBytes or audioSeconds of the target.',
  },
  '400, 422 context length: the text or the audio is too long': {
    matches: mentions([400, 422], TOO_LONG),
    kind: 'too_large',
    advice: () => 'the item is too long for the model. Lower contextTokens or audioSeconds.',
  },
  '400, 422 CUDA, out of memory, a service behind it: a temporary fault of the server': {
    matches: mentions([400, 422], OUT_OF_ORDER),
    kind: 'transient',
    advice: temporaryFault,
  },
  '400 ffmpeg, timeout, connection of the toolkit, which answers every exception with 400': {
    matches: (outcome) =>
      outcome.traits.everyExceptionIs400 && mentions([400], TOOLKIT_OUT_OF_ORDER)(outcome),
    kind: 'transient',
    advice: temporaryFault,
  },
  '503 with estimated_time or "loading": the model is loading': {
    matches: ({ status, message }) =>
      status === 503 && (message.estimatedTimeSeconds !== null || LOADING.test(message.text)),
    kind: 'loading',
    advice: () => 'the model is loading. It is retried later.',
  },
  '502, 503 of a target with coldStart or an endpoint: it is waking up': {
    matches: ({ status, target }) =>
      (status === 502 || status === 503) && (target.coldStart || target.endpoint !== null),
    kind: 'loading',
    advice: () => 'the server is waking up. It is retried later.',
  },
  '500, 503, 529 "overloaded", "too busy": the server is overloaded': {
    matches: mentions([500, 503, 529], OVERLOADED),
    kind: 'rate_limited',
    advice: () => 'it is overloaded. It is retried later.',
  },
  '408, 409, 421, 423 to 425, 499, 5xx: a temporary fault of the server or of a gateway': {
    matches: anyOf(
      hasStatus(408, 409, 421, 423, 424, 425, 499),
      ({ status }) => status >= 500 && status < 600,
    ),
    kind: 'transient',
    advice: temporaryFault,
  },
  'any other 4xx (400, 415, 422): the input is refused': {
    matches: ({ status }) => status >= 400 && status < 500,
    kind: 'input',
    advice: () => 'it rejects this input, and would reject it again.',
  },
  'any other status, and an unknown error inside a 2xx': UNREADABLE,
};

/** The status that fits the words of an error inside a 2xx; 0: none does. */
function statusFromWords(message: ErrorMessage): number {
  const words = `${message.code} ${message.text}`;
  if (message.estimatedTimeSeconds !== null || LOADING.test(words)) return 503;
  if (NO_QUOTA.test(words) || NO_BALANCE.test(words)) return 402;
  if (/payment required|out of credits/i.test(words)) return 402;
  if (/rate.?limit|too many requests/i.test(words) || OVERLOADED.test(words)) return 429;
  if (/unauthori[sz]ed|invalid (?:api key|token|username)/i.test(words)) return 401;
  if (NOT_SERVED.test(words) || TOO_LONG.test(words) || OUT_OF_ORDER.test(words)) return 400;
  if (/tim(?:ed|e)[ -]?out|internal (?:server )?error|unavailable/i.test(words)) return 500;
  return 0;
}

function refusedToken(
  { tokenVariable, apiTokens, billTo }: Target,
  { neededToken }: ErrorTraits,
): string {
  if (tokenVariable === null)
    return 'it requires a token, and none is configured. Name its variable under token.';
  if (apiTokens.length === 0) return `${tokenVariable} is not set. Set it to ${neededToken}.`;
  const organisation =
    billTo === null ? '' : ', and check that HF_BILL_TO is one of its organisations';
  return `the token in ${tokenVariable} was refused. Set ${neededToken}${organisation}.`;
}

function outOfCredit({ tokenVariable }: Target): string {
  const account = tokenVariable === null ? 'the account' : `the account of ${tokenVariable}`;
  return `${account} is out of credits or at its spending limit. Add credits, or name another token.`;
}

function notServed({ model }: Target): string {
  return `it does not serve ${model}, or no longer. Choose another model or provider.`;
}

function wrongUrl(): string {
  return 'its url is not the address of the API. Correct the url of the target.';
}

function temporaryFault(): string {
  return 'a temporary fault. It is retried.';
}
