/** An answer that is not 2xx, thrown by whoever finds the reason and sent as it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The form of the toolkit and of the router's provider paths: `{"error": "…"}`. */
export const taskRefusal = (status: number, message: string): Refusal =>
  new Refusal(status, { error: message });

/** The form of OpenAI-compatible routes: `{"error": {message, type, param, code}}`. */
export const openAiRefusal = (
  status: number,
  message: string,
  facts: { readonly param?: string; readonly code?: string } = {},
): Refusal =>
  new Refusal(status, {
    error: {
      message,
      type: 'invalid_request_error',
      param: facts.param ?? null,
      code: facts.code ?? null,
    },
  });
