import {
  parseReason,
  type DegradationReason,
} from '../../../workflows/contracts/degradation-reason.ts';
import { clock } from '../../../workflows/contracts/clock.ts';
import { FAILURES, OWN_ERRORS, type FailureType } from '../../../workflows/contracts/failures.ts';
import type { Degradation } from '../../../workflows/contracts/jobs.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { PipelineRole } from '../../../workflows/contracts/targets.ts';
import type { Block } from './document.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';

/** What is missing and what did not go as planned; the document begins with it. */
export function shortcomings(minutes: Minutes, phrases: Phrases): Block[] {
  const { gaps, failedSections } = minutes.coverage;
  const missing = [
    ...gaps.map((gap) =>
      phrases.notTranscribed(spanOf(gap, phrases), reasonInWords(gap.reason, phrases)),
    ),
    ...failedSections.map((part) =>
      phrases.notSummarised(spanOf(part, phrases), reasonInWords(part.reason, phrases)),
    ),
  ];
  const degraded = minutes.degradations.map((each) => degradationInWords(each, phrases));
  const invented = spansOf(minutes.coverage.mayBeInvented ?? [], phrases);
  if (invented !== '') degraded.unshift(phrases.inventedAt(invented));
  for (const { at, statedSeconds, heardSeconds } of minutes.sound?.disagreements ?? []) {
    const [stated, heard] = [phrases.duration(statedSeconds), phrases.duration(heardSeconds)];
    degraded.unshift(phrases.lengthDiffers(stated, heard, at === undefined ? null : clock(at)));
  }
  if (minutes.sound?.cut === true) degraded.unshift(phrases.cut);
  return [
    ...note('warning', phrases.partial, missing),
    ...note('remark', phrases.degraded, [...new Set(degraded)]),
  ];
}

type Span = Degradation['spans'][number];

function note(tone: 'warning' | 'remark', title: string, lines: readonly string[]): Block[] {
  return lines.length === 0 ? [] : [{ kind: 'note', tone, title, lines }];
}

function degradationInWords(degradation: Degradation, phrases: Phrases): string {
  const role = isPipelineRole(degradation.role, phrases) ? degradation.role : null;
  // Where another target, or an earlier answer, stands in, the degradation names it.
  const target = printableLine(degradation.target ?? '');
  const what = {
    fallback: () => phrases.fallback(target),
    earlier: () => phrases.earlier(target),
    simplified: () => simplified(role, phrases),
    missing: () => (role === null ? phrases.reasons.failed : phrases.missing[role]),
  }[degradation.level]();
  const work = role === null ? printableLine(degradation.role) : phrases.work[role];
  const spans = spansOf(degradation.spans, phrases);
  const reason = reasonInWords(degradation.reason, phrases);
  return phrases.because(`${work}${phrases.colon}${what}`, reason, spans);
}

function simplified(role: PipelineRole | null, phrases: Phrases): string {
  if (role === 'summarize') return phrases.extractive;
  // The simplified safety check holds every picture.
  return role === 'moderate' ? phrases.missing.moderate : phrases.simplified;
}

const isPipelineRole = (role: string, phrases: Phrases): role is PipelineRole =>
  Object.hasOwn(phrases.work, role);

/** Number of spans printed: dozens do not help a reader, and minutes.json has them all. */
const SHOWN_SPANS = 8;

/** Joins adjacent spans. */
export function spansOf(spans: readonly Span[], phrases: Phrases): string {
  const joined: Span[] = [];
  for (const { start, end } of spans) {
    const previous = joined.at(-1);
    if (start !== null && previous?.end === start) previous.end = end;
    else joined.push({ start, end });
  }
  const shown = joined.slice(0, SHOWN_SPANS).map((span) => spanOf(span, phrases));
  const hidden = joined.length - shown.length;
  return phrases.list([...shown, ...(hidden === 0 ? [] : [`+ ${hidden}`])]);
}

function spanOf({ start, end }: Span, phrases: Phrases): string {
  if (start === null && end === null) return phrases.timeUnknown;
  return `${start === null ? '…' : clock(start)}–${end === null ? '…' : clock(Math.ceil(end))}`;
}

/**
 * A reason in words for the reader, after the target if the reason names one (`mixtral: TargetExhausted`). A text that is
 * no known reason is printed as it is.
 */
export function reasonInWords(text: string, phrases: Phrases): string {
  const reason = parseReason(text);
  const key = reason === null ? '' : keyOf(reason);
  if (reason === null || !isReason(key, phrases)) return printableLine(text);
  const words = phrases.reasons[key];
  if (reason.kind === 'earlier_prompt') return `${words} (${reason.date})`;
  return reason.kind === 'target_failed' && reason.target !== null
    ? `${printableLine(reason.target)}${phrases.colon}${words}`
    : words;
}

function keyOf(reason: DegradationReason): string {
  if (reason.kind === 'stored' || reason.kind === 'earlier_prompt') return reason.kind;
  if (isFailureType(reason.failure)) return REASON_OF_FAILURE[reason.failure];
  if (OWN_ERRORS.includes(reason.failure)) return 'error';
  // The name of another error, such as that of a store that cannot be reached.
  return /(?:Error|Failure)$/.test(reason.failure) ? 'failed' : reason.failure;
}

const isFailureType = (type: string): type is FailureType => Object.hasOwn(FAILURES, type);
const isReason = (key: string, { reasons }: Phrases): key is keyof Phrases['reasons'] =>
  Object.hasOwn(reasons, key);

const REASON_OF_FAILURE: Readonly<Record<FailureType, keyof Phrases['reasons']>> = {
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
  NotServedHere: 'not_served',
  Unauthorized: 'auth',
  OutOfCredit: 'billing',
  TooLarge: 'too_large',
  TemplateTooLong: 'template_too_long',
  BadRequest: 'input',
  NoSpeech: 'no_speech',
  UnreadableAudio: 'unreadable',
  UnreadableTranscript: 'unreadable',
  MachineTrouble: 'failed',
  RevisionRefused: 'failed',
  PayloadTooLarge: 'failed',
  TranscriptionFailed: 'failed',
  NoTarget: 'no_target',
  MissingObject: 'missing_object',
  NotStarted: 'failed',
  Terminated: 'failed',
  Superseded: 'failed',
  Abandoned: 'failed',
};
