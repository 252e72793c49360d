import { z } from 'zod';

/** One rule of `PUT /local/faults`. */
export const faultRuleSchema = z
  .strictObject({
    role: z.string().min(1),
    /** Counted from 1 over the requests of that role since the rule was set. */
    nth: z.union([z.int().min(1), z.literal('every')]),
    /** How many requests in a row it strikes; one unless `nth` is "every". */
    times: z.int().min(1).optional(),
    status: z.int().min(200).max(599).optional(),
    /** `{date+N}` in a value becomes the HTTP date N seconds from now. */
    headers: z.record(z.string(), z.string()).optional(),
    body: z.json().optional(),
    /** Takes the request and never answers; nothing is computed, nothing billed. */
    hang: z.literal(true).optional(),
    delayMs: z.int().min(0).max(600_000).optional(),
    /** Bytes of the answer's body after which the socket is destroyed. */
    cut: z.int().min(0).optional(),
  })
  .refine(
    (rule) =>
      rule.status !== undefined ||
      rule.hang !== undefined ||
      rule.delayMs !== undefined ||
      rule.cut !== undefined,
    { error: 'a rule needs status, hang, delayMs or cut' },
  )
  .refine(
    (rule) => rule.status !== undefined || (rule.headers === undefined && rule.body === undefined),
    { error: 'headers and body need status' },
  );
export type FaultRule = z.infer<typeof faultRuleSchema>;

export interface Faults {
  readonly set: (rules: readonly FaultRule[]) => void;
  /** Counts one request of the role; the first rule that it meets strikes. */
  readonly next: (role: string) => FaultRule | null;
}

export function createFaults(): Faults {
  let rules: readonly FaultRule[] = [];
  const seen = new Map<string, number>();
  return {
    set: (next) => {
      rules = next;
      seen.clear();
    },
    next: (role) => {
      const count = (seen.get(role) ?? 0) + 1;
      seen.set(role, count);
      return rules.find((rule) => rule.role === role && strikes(rule, count)) ?? null;
    },
  };
}

function strikes(rule: FaultRule, count: number): boolean {
  if (rule.nth === 'every') return count <= (rule.times ?? Infinity);
  return count >= rule.nth && count < rule.nth + (rule.times ?? 1);
}

/** Fills `{date+N}` in header values; `nowMs` is milliseconds since 1970. */
export function fillDates(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): Record<string, string> {
  const fill = (value: string) =>
    value.replaceAll(/\{date\+(\d+)\}/g, (_match, seconds: string) =>
      new Date(nowMs + Number(seconds) * 1000).toUTCString(),
    );
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}
