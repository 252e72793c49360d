/** A refusal or a failure of the gateway (RFC 9457), or the lack of any answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** What happened, for programs; `offline` when nothing answered. */
  readonly code: string;
  /** Of the answer; 0 when nothing answered. */
  readonly status: number;
  /** Finds the request in the log of the gateway. */
  readonly requestId: string | null;

  constructor(facts: {
    readonly code: string;
    readonly status: number;
    readonly detail: string;
    readonly requestId?: string | null;
  }) {
    super(facts.detail);
    this.code = facts.code;
    this.status = facts.status;
    this.requestId = facts.requestId ?? null;
  }
}

export const isProblem = (error: unknown, code: string): boolean =>
  error instanceof ProblemError && error.code === code;

/** Reads the body of an answer that is an error. */
export function toProblem(status: number, body: string): ProblemError {
  let facts: { code?: unknown; detail?: unknown; requestId?: unknown } = {};
  try {
    facts = JSON.parse(body);
  } catch {
    // Not ours: a proxy's page.
  }
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return new ProblemError({
    status,
    code: text(facts.code) ?? (status === 0 ? 'offline' : 'internal'),
    detail: text(facts.detail) ?? '',
    requestId: text(facts.requestId),
  });
}
