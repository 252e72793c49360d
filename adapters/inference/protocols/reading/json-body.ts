import type { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { badReply } from './reply-errors.ts';
import { parseJson, textOf } from '../../wire/wire-body.ts';

/**
 * Parses and checks the body of a 2xx. Errors name the field, never its value. A body of more values than `mostValues`
 * is refused unchecked: zod would keep an issue for every wrong value.
 */
export function jsonBody<T>(
  response: WireResponse,
  schema: z.ZodType<T>,
  target: Target,
  mostValues = MOST_VALUES,
): T {
  // A comma is a byte, so most bodies are too short to have that many.
  if (response.bytes.length > mostValues && commasIn(response.bytes) > mostValues)
    throw badReply(target, response, 'it holds more values than any answer has');
  const body = parseJson(textOf(response.bytes));
  if (body === undefined) throw badReply(target, response, 'its body is not JSON');
  const parsed = checked(body, schema);
  if ('data' in parsed) return parsed.data;
  const path = parsed.path.map(String).join('.');
  throw badReply(
    target,
    response,
    `its ${path === '' ? 'body' : `field ${path.slice(0, 100)}`} is missing or of another type`,
  );
}

/** Like `safeParse`, also for values at which zod itself throws: it treats `{"length":{"toString":1}}` as a list. */
export function checked<T>(
  value: unknown,
  schema: z.ZodType<T>,
): { readonly data: T } | { readonly path: readonly PropertyKey[] } {
  try {
    const parsed = schema.safeParse(value);
    return parsed.success ? parsed : { path: parsed.error.issues[0]?.path ?? [] };
  } catch {
    return { path: [] };
  }
}

/** A transcript of 5 minutes with times for every word has about 10,000. Refusing this many takes a second or two. */
const MOST_VALUES = 200_000;

function commasIn(bytes: Uint8Array): number {
  let commas = 0;
  for (let at = bytes.indexOf(COMMA); at !== -1; at = bytes.indexOf(COMMA, at + 1)) commas += 1;
  return commas;
}

const COMMA = 0x2c;
