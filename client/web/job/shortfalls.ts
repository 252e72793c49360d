import { parseReason } from '../../../workflows/contracts/degradation-reason.ts';
import type { FailureType } from '../../../workflows/contracts/failures.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Messages } from '../messages/en.ts';
import { clockTime } from '../shell/formats.ts';

type Degradation = Minutes['degradations'][number];
type Span = Degradation['spans'][number];

/** What is missing from minutes, each with its time where it has one. */
export function missingParts(minutes: Minutes, m: Messages): string[] {
  const { gaps, failedSections } = minutes.coverage;
  return [
    ...gaps.map((gap) => m.notTranscribed(spanInWords(gap, m), reasonInWords(gap.reason, m))),
    ...failedSections.map((part) =>
      m.notSummarised(spanInWords(part, m), reasonInWords(part.reason, m)),
    ),
  ];
}

/** What did not go as planned, in the words of a reader. */
export function degradationsInWords(
  degradations: readonly Degradation[],
  m: Messages,
): readonly string[] {
  return [...new Set(degradations.map((one) => degradationInWords(one, m)))];
}

function degradationInWords({ role, level, target, reason, spans }: Degradation, m: Messages) {
  const works: Readonly<Record<string, string | undefined>> = m.works;
  const shown = spans.slice(0, 4).map((span) => spanInWords(span, m));
  return m.degraded({
    work: works[role] ?? role,
    level: m.levels[level](target ?? ''),
    reason: reasonInWords(reason, m),
    spans: [...shown, ...(spans.length > shown.length ? ['…'] : [])].join(', '),
  });
}

export function spanInWords({ start, end }: Span, m: Messages): string {
  if (start === null && end === null) return m.timeUnknown;
  const [from, to] = [start, end === null ? null : Math.ceil(end)];
  return [from, to].map((time) => (time === null ? '…' : clockTime(time))).join('–');
}

/** A text that is no known reason is shown as it is. */
function reasonInWords(text: string, m: Messages): string {
  const reason = parseReason(text);
  const reasons: Readonly<Record<string, string | undefined>> = m.reasons;
  switch (reason?.kind) {
    case undefined:
      return text;
    case 'stored':
      return m.reasons.stored;
    case 'earlier_prompt':
      return m.reasons.earlierPrompt;
    case 'failed':
      return reasons[keyOf(reason.failure)] ?? reason.failure;
    case 'target_failed': {
      const words = reasons[keyOf(reason.failure)] ?? reason.failure;
      return reason.target === null ? words : m.ofTarget(reason.target, words);
    }
  }
}

/** Failure types by their reason; other names, such as `no_words`, are their own. */
const keyOf = (failure: string): string => REASONS.get(failure) ?? failure;

const REASONS: ReadonlyMap<string, keyof Messages['reasons']> = new Map<
  FailureType,
  keyof Messages['reasons']
>([
  ['Transient', 'unreachable'],
  ['BadReply', 'nonsense'],
  ['RateLimited', 'rateLimited'],
  ['ModelLoading', 'loading'],
  ['EndpointAsleep', 'loading'],
  ['TargetClosed', 'exhausted'],
  ['TargetExhausted', 'exhausted'],
  ['ItemExhausted', 'exhausted'],
  ['ModelNotFound', 'notServed'],
  ['NotServedHere', 'notServed'],
  ['Unauthorized', 'refused'],
  ['NextToken', 'refused'],
  ['OutOfCredit', 'credit'],
  ['TooLarge', 'tooLarge'],
  ['TemplateTooLong', 'tooLarge'],
  ['BadRequest', 'input'],
  ['NoSpeech', 'noSpeech'],
  ['UnreadableAudio', 'unreadable'],
  ['UnreadableTranscript', 'unreadable'],
  ['NoTarget', 'noTarget'],
]);
