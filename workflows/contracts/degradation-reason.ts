/**
 * Why something degraded. The code passes this value; `minutes.json`, the rows of jobs, the `progress` query and the
 * histories hold its text.
 */
export type DegradationReason =
  /** A target failed; null: none is configured. */
  | {
      readonly kind: 'target_failed';
      readonly target: string | null;
      /** A failure type; a verdict in older documents. */
      readonly failure: string;
      /** Nothing could check the picture, so it is not shown. */
      readonly isPictureHeld: boolean;
    }
  /** Something that asks no target failed: a failure type or the name of an error. */
  | { readonly kind: 'failed'; readonly failure: string }
  /** The answer of another target was already stored. */
  | { readonly kind: 'stored' }
  /** An earlier version of the prompt got this answer, on this day (`YYYY-MM-DD`). */
  | { readonly kind: 'earlier_prompt'; readonly date: string };

/** `mixtral: TargetExhausted`, `no target: NoTarget; the picture is held`, `MissingObject`, `stored`, `earlier_prompt; 2026-03-01`. */
export function toReasonText(reason: DegradationReason): string {
  switch (reason.kind) {
    case 'target_failed': {
      const { target, failure, isPictureHeld } = reason;
      return `${target ?? NO_TARGET}: ${failure}${isPictureHeld ? '; the picture is held' : ''}`;
    }
    case 'failed':
      return reason.failure;
    case 'stored':
      return 'stored';
    case 'earlier_prompt':
      return `earlier_prompt; ${reason.date}`;
  }
}

/** The inverse of `toReasonText`; null for any other text. */
export function parseReason(text: string): DegradationReason | null {
  if (text === 'stored') return { kind: 'stored' };
  const [, date] = /^earlier_prompt; (\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (date !== undefined) return { kind: 'earlier_prompt', date };
  if (/^\w+$/.test(text)) return { kind: 'failed', failure: text };

  const [, target, failure, held] = /^(.+): (\w+)(; the picture is held)?$/.exec(text) ?? [];
  if (target === undefined || failure === undefined) return null;
  return {
    kind: 'target_failed',
    target: target === NO_TARGET ? null : target,
    failure,
    isPictureHeld: held !== undefined,
  };
}

const NO_TARGET = 'no target';
