import {
  parseReason,
  type DegradationReason,
} from '../../../workflows/contracts/degradation-reason.ts';
import { FAILURES, type FailureType } from '../../../workflows/contracts/failures.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';

/**
 * A reason in the reader's words, with the target before them where it names one (`mixtral: TargetExhausted`). A text
 * that is no known reason is printed as it is.
 */
export function reasonInWords(text: string, phrases: Phrases): string {
  const reason = parseReason(text);
  const key = reason === null ? '' : keyOf(reason);
  const words = Object.hasOwn(phrases.reasons, key) ? phrases.reasons[key] : undefined;
  if (reason === null || words === undefined) return printableLine(text);
  if (reason.kind === 'earlier_prompt') return `${words} (${reason.date})`;
  return reason.kind === 'target_failed' && reason.target !== null
    ? `${printableLine(reason.target)}${phrases.colon}${words}`
    : words;
}

function keyOf(reason: DegradationReason): string {
  if (reason.kind === 'stored' || reason.kind === 'earlier_prompt') return reason.kind;
  return isFailureType(reason.failure) ? KEYS[reason.failure] : reason.failure;
}

const isFailureType = (reason: string): reason is FailureType => Object.hasOwn(FAILURES, reason);

const KEYS: Readonly<Record<FailureType, string>> = {
  Transient: 'transient',
  BadReply: 'provider_bug',
  RateLimited: 'rate_limited',
  ModelLoading: 'loading',
  TargetClosed: 'closed',
  NextToken: 'auth',
  EndpointAsleep: 'loading',
  CallInFlight: 'in_flight',
  TargetExhausted: 'exhausted',
  ItemExhausted: 'exhausted',
  ModelNotFound: 'not_served',
  Unauthorized: 'auth',
  OutOfCredit: 'billing',
  TooLarge: 'too_large',
  BadRequest: 'input',
  NoSpeech: 'no_speech',
  UnreadableAudio: 'unreadable',
  TranscriptionFailed: 'failed',
  NoTarget: 'no_target',
  MissingObject: 'missing_object',
  NotStarted: 'failed',
  Terminated: 'failed',
  Abandoned: 'failed',
};
