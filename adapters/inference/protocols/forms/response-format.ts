import type { ParameterValue } from '../../targets/target.ts';

/** A named JSON schema that the answer must match. */
export interface AnswerSchema {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The value that binds an answer to a schema: `response_format` in a chat completion, `parameters.grammar` in TGI's
 * `/generate`. The target's parameters may replace the contract's own dialect.
 */
export function responseFormat(
  ownDialect: Dialect,
  schema: AnswerSchema,
  { responseFormat: configured }: Readonly<Record<string, ParameterValue>> = {},
): Record<string, unknown> {
  const dialect = DIALECT_NAMES.find((name) => name === configured) ?? ownDialect;
  return DIALECTS[dialect](schema);
}

/** Values of the parameter `responseFormat`, for servers that the contract `openai` calls without the router's translation. */
export const DIALECT_NAMES = ['openai', 'together', 'fireworks', 'hf-inference'] as const;

export type Dialect = (typeof DIALECT_NAMES)[number] | 'tgi';

/** As in huggingface_hub's providers (inference/_providers); TGI's as its router reads them. */
const DIALECTS: Readonly<Record<Dialect, (schema: AnswerSchema) => Record<string, unknown>>> = {
  openai: ({ name, json }) => ({
    type: 'json_schema',
    json_schema: { name, strict: true, schema: json },
  }),
  together: ({ json }) => ({ type: 'json_schema', schema: json }),
  fireworks: ({ json }) => ({ type: 'json_object', schema: json }),
  // TGI 2 accepts this one too, at `/v1/chat/completions`.
  'hf-inference': ({ json }) => ({ type: 'json_object', value: json }),
  tgi: ({ json }) => ({ type: 'json', value: json }),
};
