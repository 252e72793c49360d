import { jsonReply, type Reply } from './reply.ts';

/** An answer that is not 2xx, thrown by whoever finds the reason and sent as it is: JSON, or text as plain text. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: object | string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`refused with status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  toReply(): Reply {
    if (typeof this.body !== 'string') return jsonReply(this.body, this.headers, this.status);
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...this.headers };
    return { status: this.status, headers, body: Buffer.from(this.body) };
  }
}

/** How a server says no: every provider has its own form. */
export type Refuse = (
  status: number,
  message: string,
  facts?: { readonly param?: string; readonly code?: string },
) => Refusal;

/** The form of the toolkit and of the router's provider paths: `{"error": "…"}`. */
export const taskRefusal: Refuse = (status, message) => new Refusal(status, { error: message });

/** The form of OpenAI-compatible routes: `{"error": {message, type, param, code}}`. */
export const openAiRefusal: Refuse = (status, message, facts = {}) =>
  new Refusal(status, {
    error: {
      message,
      type: 'invalid_request_error',
      param: facts.param ?? null,
      code: facts.code ?? null,
    },
  });

/** Plain text, as hfendpoints and web frameworks answer. */
export const textRefusal: Refuse = (status, message) => new Refusal(status, message);
