import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { toJpeg } from './picture-order.ts';
import { bodyOf, nameInPath, parseForm, roleOf } from './read-request.ts';

declare module 'fastify' {
  interface FastifyRequest {
    fault: FaultRule | null;
    /** The route, or the check of the token, answered with an error. */
    refused: boolean;
  }
}

/** What a rule can do to a request; a rule needs at least one. */
const strikes = {
  /** Answers in the model's place. */
  status: z.int().min(200).max(599).optional(),
  /** `{date+N}` in a value becomes the HTTP date N seconds from now. Without `status` they are added to the real answer. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Sends the real picture as JPEG, under the Content-Type it had. */
  recode: z.literal('jpeg').optional(),
  /** Takes the request and never answers; nothing is computed or billed. */
  hang: z.literal(true).optional(),
  /** Time before the first byte of the answer. */
  delayMs: z.int().min(0).max(600_000).optional(),
  /** Resets the connection instead of answering. */
  resetBeforeHeaders: z.literal(true).optional(),
  /** Bytes of the answer's body after which the socket is destroyed. */
  cut: z.int().min(0).optional(),
  /** Sends the body in pieces. */
  drip: z.strictObject({ bytes: z.int().min(1), everyMs: z.int().min(1).max(60_000) }).optional(),
};

/** One rule of `PUT /local/faults`. */
export const faultRuleSchema = z
  .strictObject({
    role: z.string().min(1),
    /** Only requests for this model, named as their path or body names it. */
    model: z.string().min(1).optional(),
    /** Only requests whose path begins like this. */
    path: z.string().startsWith('/').optional(),
    /** Counted from 1 over the requests that match the rule, since it was set. */
    nth: z.union([z.int().min(1), z.literal('every')]),
    /** How many requests in a row it strikes; one unless `nth` is "every". */
    times: z.int().min(1).optional(),
    /** Text is sent as it is, anything else as JSON. */
    body: z.json().optional(),
    /** The model works and is billed before its answer is replaced or lost. */
    billed: z.literal(true).optional(),
    ...strikes,
  })
  .refine((rule) => Object.keys(strikes).some((name) => name in rule), {
    error: `a rule needs one of ${Object.keys(strikes).join(', ')}`,
  })
  .refine((rule) => rule.status !== undefined || rule.body === undefined, {
    error: 'body needs status',
  })
  .refine((rule) => rule.status === undefined || rule.recode === undefined, {
    error: 'recode changes the real answer, and status replaces it',
  })
  .refine((rule) => rule.billed === undefined || replacesAnswer(rule), {
    error: 'billed needs status or resetBeforeHeaders: every other answer is billed anyway',
  });
export type FaultRule = z.infer<typeof faultRuleSchema>;

const replacesAnswer = (rule: { status?: unknown; resetBeforeHeaders?: unknown }): boolean =>
  rule.status !== undefined || rule.resetBeforeHeaders !== undefined;

export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  let counted: { readonly rule: FaultRule; seen: number }[] = [];
  return {
    set: (rules: readonly FaultRule[]) => {
      counted = rules.map((rule) => ({ rule, seen: 0 }));
    },
    /** Counts one request for every rule that matches it; the first rule whose turn it is strikes. */
    next: (matches: (rule: FaultRule) => boolean): FaultRule | null => {
      const matching = counted.filter(({ rule }) => matches(rule));
      for (const one of matching) one.seen += 1;
      return matching.find(({ rule, seen }) => isTurn(rule, seen))?.rule ?? null;
    },
  };
}

function isTurn({ nth, times }: FaultRule, seen: number): boolean {
  if (nth === 'every') return seen <= (times ?? Infinity);
  return seen >= nth && seen < nth + (times ?? 1);
}

/** Makes rules strike model routes. Add it after the hook that checks the token. */
export function addFaults(app: FastifyInstance, faults: Faults): void {
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  app.decorateRequest('fault', null);
  app.decorateRequest('refused', false);
  app.addHook('onError', (request, _reply, _error, done) => {
    request.refused = true;
    done();
  });
  app.addHook('preValidation', async (request) => {
    const role = roleOf(request);
    if (role === null) return;
    const inPath = `${nameInPath(request)}/`;
    const inBody = await modelInBody(request);
    request.fault = faults.next(
      ({ role: struck, path = '/', model }) =>
        struck === role &&
        request.url.startsWith(path) &&
        (model === undefined || model === inBody || inPath.startsWith(`${model}/`)),
    );
  });
  app.addHook('preHandler', async (request, reply) => {
    const { fault } = request;
    if (fault === null) return;
    if (fault.hang === true) {
      reply.hijack();
      await once(reply.raw, 'close', { signal: stopping.signal }).catch(() => reply.raw.destroy());
      return;
    }
    if (fault.delayMs !== undefined) await pause(fault.delayMs, stopping.signal);
    if (fault.billed === true || !replacesAnswer(fault)) return;
    await sendStruck(fault, request, reply, Buffer.alloc(0), stopping.signal);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.fault === null) {
      done(null, payload);
      return;
    }
    const answer = Buffer.from((payload as string | Buffer | null | undefined) ?? '');
    sendStruck(request.fault, request, reply, answer, stopping.signal).catch((error: unknown) => {
      console.error(error);
      reply.raw.destroy();
    });
  });
}

async function modelInBody(request: FastifyRequest): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  try {
    if (type.startsWith('multipart/form-data')) return (await parseForm(request)).get('model');
    if (!type.startsWith('application/json')) return null;
    return (JSON.parse(bodyOf(request).toString()) as { model?: unknown } | null)?.model;
  } catch {
    return null; // the route refuses a body that makes no sense
  }
}

/**
 * Takes the response over from Fastify, and sends the route's answer as the rule changes it. A drip or a cut has the full
 * Content-Length; a drip ends early when the client leaves or the server stops.
 */
async function sendStruck(
  fault: FaultRule,
  { refused, raw }: FastifyRequest,
  reply: FastifyReply,
  answer: Buffer,
  stopping: AbortSignal,
): Promise<void> {
  const response = reply.raw;
  reply.hijack();
  if (fault.resetBeforeHeaders === true && !refused) {
    raw.socket.resetAndDestroy();
    return;
  }
  const { status, headers, body } = refused
    ? { status: reply.statusCode, headers: headersOf(reply), body: answer }
    : await strike(fault, reply, answer);
  response.writeHead(status, { ...headers, 'content-length': body.length });
  const sent = body.subarray(0, fault.cut);
  const { bytes, everyMs } = fault.drip ?? { bytes: sent.length, everyMs: 0 };
  let at = 0;
  do {
    if (at > 0) await pause(everyMs, stopping);
    if (at > 0 && (response.destroyed || stopping.aborted)) break;
    const piece = sent.subarray(at, at + bytes);
    await new Promise((written) => response.write(piece, written));
    at += bytes;
  } while (at < sent.length);
  if (at < sent.length || fault.cut !== undefined) response.destroy();
  else response.end();
}

async function strike(fault: FaultRule, reply: FastifyReply, answer: Buffer) {
  const headers = fillDates(fault.headers ?? {});
  const { status, body = '' } = fault;
  if (status === undefined) {
    return {
      status: reply.statusCode,
      headers: { ...headersOf(reply), ...headers },
      body: fault.recode === 'jpeg' ? await toJpeg(answer) : answer,
    };
  }
  const isText = typeof body === 'string';
  return {
    status,
    headers: {
      'x-request-id': reply.getHeader('x-request-id'),
      ...(isText ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: Buffer.from(isText ? body : JSON.stringify(body)),
  };
}

const headersOf = (reply: FastifyReply) => reply.getHeaders() as OutgoingHttpHeaders;

/** Replaces `{date+N}` in header values. */
function fillDates(headers: Readonly<Record<string, string>>): Record<string, string> {
  const dateIn = (_match: string, seconds: string) =>
    new Date(Date.now() + Number(seconds) * 1000).toUTCString();
  const fill = (value: string) => value.replaceAll(/\{date\+(\d+)\}/g, dateIn);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

/** Waits, or returns early when the server stops. */
const pause = (milliseconds: number, stopping: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal: stopping }).catch(() => undefined);
