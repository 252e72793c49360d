import { z } from 'zod';

/** One rule of `PUT /local/faults`. */
export const faultRuleSchema = z
  .strictObject({
    role: z.string().min(1),
    /** Strikes only requests for this model, by the name that their path or body has for it. */
    model: z.string().min(1).optional(),
    /** Strikes only requests whose path begins like this. */
    path: z.string().startsWith('/').optional(),
    /** Counted from 1 over the requests that the rule may strike, since it was set. */
    nth: z.union([z.int().min(1), z.literal('every')]),
    /** How many requests in a row it strikes; one unless `nth` is "every". */
    times: z.int().min(1).optional(),
    /** Answers in the model's place. */
    status: z.int().min(200).max(599).optional(),
    /** `{date+N}` in a value becomes the HTTP date N seconds from now. Without `status` they join the real answer's. */
    headers: z.record(z.string(), z.string()).optional(),
    /** Text goes out as it is, anything else as JSON. */
    body: z.json().optional(),
    /** The model works and is paid before its answer is replaced or lost. */
    billed: z.literal(true).optional(),
    /** The real picture goes out as JPEG, under the type that it had. */
    recode: z.literal('jpeg').optional(),
    /** Takes the request and never answers; nothing is computed, nothing billed. */
    hang: z.literal(true).optional(),
    /** Until the first byte of the answer. */
    delayMs: z.int().min(0).max(600_000).optional(),
    /** The connection is reset in the place of an answer. */
    resetBeforeHeaders: z.literal(true).optional(),
    /** Bytes of the answer's body after which the socket is destroyed. */
    cut: z.int().min(0).optional(),
    /** The body goes out in pieces. */
    drip: z.strictObject({ bytes: z.int().min(1), everyMs: z.int().min(1).max(60_000) }).optional(),
  })
  .refine((rule) => STRIKES.some((member) => rule[member] !== undefined), {
    error: 'a rule needs something that it does',
  })
  .refine((rule) => rule.status !== undefined || rule.body === undefined, {
    error: 'body needs status',
  })
  .refine((rule) => rule.status === undefined || rule.recode === undefined, {
    error: 'recode is about the real answer, and status takes its place',
  })
  .refine(
    (rule) =>
      rule.billed === undefined ||
      rule.status !== undefined ||
      rule.resetBeforeHeaders !== undefined,
    { error: 'billed needs status or resetBeforeHeaders: every other answer is billed anyway' },
  );
export type FaultRule = z.infer<typeof faultRuleSchema>;

const STRIKES = [
  'status',
  'headers',
  'recode',
  'hang',
  'delayMs',
  'resetBeforeHeaders',
  'cut',
  'drip',
] as const;

/** What a rule is chosen by. */
export interface StruckRequest {
  readonly role: string;
  readonly path: string;
  readonly models: readonly string[];
}

export interface Faults {
  readonly set: (rules: readonly FaultRule[]) => void;
  /** Counts one request; the first rule that it meets strikes. */
  readonly next: (request: StruckRequest) => FaultRule | null;
}

export function createFaults(): Faults {
  let rules: readonly { readonly rule: FaultRule; seen: number }[] = [];
  return {
    set: (next) => {
      rules = next.map((rule) => ({ rule, seen: 0 }));
    },
    next: (request) => {
      let struck: FaultRule | null = null;
      for (const counted of rules) {
        if (!concerns(counted.rule, request)) continue;
        counted.seen += 1;
        if (struck === null && strikes(counted.rule, counted.seen)) struck = counted.rule;
      }
      return struck;
    },
  };
}

/** Whether the model has to work under this rule; it is billed then. */
export const leavesModelToWork = (rule: FaultRule): boolean =>
  rule.billed === true || (rule.status === undefined && rule.resetBeforeHeaders === undefined);

const concerns = ({ role, model, path = '/' }: FaultRule, request: StruckRequest): boolean =>
  role === request.role &&
  request.path.startsWith(path) &&
  (model === undefined || request.models.includes(model));

function strikes(rule: FaultRule, count: number): boolean {
  if (rule.nth === 'every') return count <= (rule.times ?? Infinity);
  return count >= rule.nth && count < rule.nth + (rule.times ?? 1);
}
