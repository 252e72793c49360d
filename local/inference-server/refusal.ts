/** An answer that is not 2xx. Throw it where the reason is found; an object is sent as JSON, a string as text. */
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
}

interface Facts {
  readonly param?: string;
  readonly code?: string;
}

/** Builds a refusal in the form of one kind of server. */
export type Refuse = (status: number, message: string, facts?: Facts) => Refusal;

/** `{"error": "…"}`: the toolkit, and the router's provider paths. */
export const taskRefusal: Refuse = (status, message) => new Refusal(status, { error: message });

/** `{"error": {message, type, param, code}}`: OpenAI-compatible routes. */
export const openAiRefusal: Refuse = (status, message, facts) =>
  new Refusal(status, toOpenAiError(message, facts));

export const toOpenAiError = (message: string, { param, code }: Facts = {}): object => ({
  error: { message, type: 'invalid_request_error', param: param ?? null, code: code ?? null },
});

export const modelNotFound = (model: string): Refusal =>
  openAiRefusal(404, `The model '${model}' does not exist`, {
    param: 'model',
    code: 'model_not_found',
  });

/** Plain text: hfendpoints and web frameworks. */
export const textRefusal: Refuse = (status, message) => new Refusal(status, message);
