import { FAILURES, type FailureType } from '../../../workflows/contracts/failures.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';

/**
 * A verdict or a failure type in words a reader understands, with the target before it where the reason names one
 * (`mixtral: TargetExhausted`); any other short phrase as it stands.
 */
export function reasonInWords(reason: string, phrases: Phrases): string {
  const [, target, type, date] =
    /^(?:(.+): )?(\w+)(?:; (?:(\d{4}-\d\d-\d\d)$|.*))?$/.exec(reason) ?? [];
  const key = type === undefined ? '' : isFailureType(type) ? KEYS[type] : type;
  const words = Object.hasOwn(phrases.reasons, key) ? phrases.reasons[key] : undefined;
  if (words === undefined) return printableLine(reason);
  const dated = date === undefined ? words : `${words} (${date})`;
  return target === undefined || target === 'no target'
    ? dated
    : `${printableLine(target)}${phrases.colon}${dated}`;
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
};
