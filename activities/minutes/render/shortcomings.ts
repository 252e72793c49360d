import { clock } from '../../../workflows/contracts/clock.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { PipelineRole } from '../../../workflows/contracts/targets.ts';
import type { Block } from './document.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';
import { reasonInWords } from './reason-in-words.ts';

/** What is missing and what went otherwise than planned: said before anything else. */
export function shortcomings(minutes: Minutes, phrases: Phrases): Block[] {
  const { gaps, failedSections } = minutes.coverage;
  const missing = [
    ...gaps.map((gap) => phrases.notTranscribed(spanOf(gap, phrases), why(gap, phrases))),
    ...failedSections.map((part) =>
      phrases.notSummarised(spanOf(part, phrases), why(part, phrases)),
    ),
  ];
  const degraded = minutes.degradations.map((degradation) => inWords(degradation, phrases));
  return [
    note('warning', phrases.partial, missing),
    note('remark', phrases.degraded, [...new Set(degraded)]),
  ].flat();
}

type Span = { readonly start: number | null; readonly end: number | null };

function note(tone: 'warning' | 'remark', title: string, lines: readonly string[]): Block[] {
  return lines.length === 0 ? [] : [{ kind: 'note', tone, title, lines }];
}

function inWords(degradation: Minutes['degradations'][number], phrases: Phrases): string {
  const role = isPipelineRole(degradation.role, phrases) ? degradation.role : null;
  const target = degradation.target === null ? null : printableLine(degradation.target);
  const what = {
    fallback: () => phrases.fallback(target),
    earlier: () => phrases.earlier(target),
    simplified: () => simplified(role, phrases),
    missing: () => (role === null ? phrases.reasons['failed'] : phrases.missing[role]) ?? '',
  }[degradation.level]();
  const work = role === null ? printableLine(degradation.role) : phrases.work[role];
  const spans = spansOf(degradation.spans, phrases);
  return phrases.because(`${work}${phrases.colon}${what}`, why(degradation, phrases), spans);
}

function simplified(role: PipelineRole | null, phrases: Phrases): string {
  if (role === 'summarize') return phrases.extractive;
  // The simple form of a safety check is to let nothing pass.
  return role === 'moderate' ? phrases.missing.moderate : phrases.simplified;
}

const isPipelineRole = (role: string, phrases: Phrases): role is PipelineRole =>
  Object.hasOwn(phrases.work, role);

const why = ({ reason }: { readonly reason: string }, phrases: Phrases): string =>
  reasonInWords(reason, phrases);

/** Spans printed in full; minutes.json has them all, and a reader is not helped by dozens. */
const SHOWN_SPANS = 8;

/** Neighbours are one span. */
function spansOf(spans: readonly Span[], phrases: Phrases): string {
  const joined: Span[] = [];
  for (const span of spans) {
    const previous = joined.at(-1);
    if (previous !== undefined && previous.end !== null && previous.end === span.start) {
      joined[joined.length - 1] = { start: previous.start, end: span.end };
    } else {
      joined.push(span);
    }
  }
  const shown = joined.slice(0, SHOWN_SPANS).map((span) => spanOf(span, phrases));
  const hidden = joined.length - shown.length;
  return [...shown, ...(hidden === 0 ? [] : [`+ ${hidden}`])].join(', ');
}

function spanOf({ start, end }: Span, phrases: Phrases): string {
  if (start === null && end === null) return phrases.timeUnknown;
  return `${start === null ? '…' : clock(start)}–${end === null ? '…' : clock(Math.ceil(end))}`;
}
