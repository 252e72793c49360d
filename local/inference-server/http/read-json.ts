import { z } from 'zod';
import type { Refusal, Refuse } from './refusal.ts';
import type { RouteRequest } from './route.ts';

/** The body as JSON, with whatever parameters its Content-Type has; else the provider's own refusal. */
export function readJson({ headers, body }: RouteRequest, refuse: Refuse): unknown {
  if (!/^application\/json(\s*;|$)/i.test(headers['content-type'] ?? '')) {
    throw refuse(415, 'Content-Type must be application/json');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw refuse(400, 'We could not parse the JSON body of your request');
  }
}

/** Checks a value; `refuseIssue` words the first thing that is wrong with it. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  refuseIssue: (message: string, path: readonly string[]) => Refusal,
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []).map(String), ...keys];
  throw refuseIssue(z.prettifyError(parsed.error), path);
}

/** As OpenAI's servers say it: the field under `param`. */
export const refuseField =
  (refuse: Refuse, status = 400) =>
  (message: string, path: readonly string[]): Refusal =>
    refuse(status, message, { param: path.join('.') });
