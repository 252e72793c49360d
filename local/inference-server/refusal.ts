/** An answer that is not 2xx. Throw it where the reason is found; an object is sent as JSON, a string as text. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object | string, headers: Refusal['headers'] = {}) {
    super(`refused with status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Builds a refusal in the form of one kind of server; `param` is the wrong field. */
export type Refuse = (status: number, message: string, param?: string, code?: string) => Refusal;

/** `{"error": "…"}`: the toolkit, and the router's provider paths. */
export const taskRefusal: Refuse = (status, message) => new Refusal(status, { error: message });

/** The router's own words for a model that the provider does not have. */
export const notServedBy = (provider: string): Refusal =>
  taskRefusal(400, `Model not supported by provider ${provider}`);

/** OpenAI-compatible routes. */
export const openAiRefusal: Refuse = (status, ...facts) =>
  new Refusal(status, toOpenAiError(...facts));

export const toOpenAiError = (message: string, param?: string, code?: string): object => ({
  error: { message, type: 'invalid_request_error', param: param ?? null, code: code ?? null },
});

export const modelNotFound = (model: string): Refusal =>
  openAiRefusal(404, `The model '${model}' does not exist`, 'model', 'model_not_found');

/** Plain text: hfendpoints and web frameworks. */
export const textRefusal: Refuse = (status, message) => new Refusal(status, message);
