import type { ContractName } from '../../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../target.ts';

/** A JSON schema that the answer must fit, under its name. */
export interface AnswerSchema {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The value that holds an answer to a schema: of `response_format` in a chat completion, of `parameters.grammar` in
 * TGI's `/generate`. Its dialect is the contract's own, unless the target's parameters name another.
 */
export function responseFormat(
  contract: ContractName,
  schema: AnswerSchema,
  { responseFormat: named }: Readonly<Record<string, ParameterValue>> = {},
): Record<string, unknown> {
  const dialect = DIALECT_NAMES.find((name) => name === named) ?? OWN_DIALECT[contract] ?? 'openai';
  return DIALECTS[dialect](schema);
}

/** What `responseFormat` may name, for servers that the contract `openai` calls without the router's translation. */
export const DIALECT_NAMES = ['openai', 'together', 'fireworks', 'hf-inference'] as const;

type Dialect = (typeof DIALECT_NAMES)[number] | 'tgi';

const OWN_DIALECT: { readonly [Name in ContractName]?: Dialect } = {
  together: 'together',
  tgi: 'tgi',
};

/** As huggingface_hub's providers write them (inference/_providers), TGI's as its router reads them. */
const DIALECTS: Readonly<Record<Dialect, (schema: AnswerSchema) => Record<string, unknown>>> = {
  openai: ({ name, json }) => ({
    type: 'json_schema',
    json_schema: { name, strict: true, schema: json },
  }),
  together: ({ json }) => ({ type: 'json_schema', schema: json }),
  fireworks: ({ json }) => ({ type: 'json_object', schema: json }),
  // Also what TGI 2 answers at `/v1/chat/completions`.
  'hf-inference': ({ json }) => ({ type: 'json_object', value: json }),
  tgi: ({ json }) => ({ type: 'json', value: json }),
};
