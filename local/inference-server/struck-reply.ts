import sharp from 'sharp';
import type { FaultRule } from './faults.ts';
import { jsonReply, type Reply } from './http/reply.ts';

/** What goes out, under a rule or none. `served` is the model's own answer; null: it was not asked. */
export async function struckReply(rule: FaultRule | null, served: Reply | null): Promise<Reply> {
  const headers = fillDates(rule?.headers ?? {}, Date.now());
  if (rule?.status !== undefined) return cannedReply(rule.status, headers, rule.body);
  if (served === null) throw new TypeError('only a rule with a status answers without a model');
  const body = rule?.recode === 'jpeg' ? await toJpeg(served.body) : served.body;
  return { ...served, headers: { ...served.headers, ...headers }, body };
}

function cannedReply(status: number, headers: Record<string, string>, body: unknown): Reply {
  if (body === undefined) return { status, headers, body: Buffer.alloc(0) };
  if (typeof body === 'string') return { status, headers, body: Buffer.from(body) };
  return jsonReply(body, headers, status);
}

const toJpeg = (picture: Uint8Array): Promise<Buffer> => sharp(picture).jpeg().toBuffer();

/** Fills `{date+N}` in header values; `nowMs` is milliseconds since 1970. */
function fillDates(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): Record<string, string> {
  const fill = (value: string) =>
    value.replaceAll(/\{date\+(\d+)\}/g, (_match, seconds: string) =>
      new Date(nowMs + Number(seconds) * 1000).toUTCString(),
    );
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}
