import { z } from 'zod';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { CONTRACT_NAMES } from '../protocols/contract-table.ts';
import { PRESET_NAMES } from './parameter-schema.ts';
import { HUB_REPOSITORY } from '../tokenizers/hub-tokenizer.ts';

const unknownKeys =
  (known: readonly string[]) =>
  (issue: { readonly code?: string | undefined; readonly keys?: unknown }): string | undefined =>
    issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)
      ? `${issue.keys.join(', ')} is not known here. Known: ${known.join(', ')}`
      : undefined;

/** Bounds the text as written: it may hold variables. */
const text = (longest: number): z.ZodString => z.string().trim().min(1).max(longest);

const parameterValue = z.union([
  z.number(),
  z.string().max(1000),
  z.boolean(),
  z.array(z.string().max(200)).max(16),
]);

const dollars = z.number().nonnegative().max(1_000_000).optional();
const priceShape = {
  inputPerMillion: dollars,
  outputPerMillion: dollars,
  perAudioMinute: dollars,
  perImage: dollars,
  perComputeSecond: dollars,
  currency: z.literal('USD').optional(),
} as const;

const tokenVariable = z
  .string()
  .regex(
    /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/,
    'must name a variable, like ${MIXTRAL_TOKEN}, and not hold the secret itself',
  );

const endpointShape = {
  namespace: z.string().regex(/^[\w.-]{1,96}$/, 'must be a user or an organisation'),
  name: z.string().regex(/^[\w.-]{1,96}$/, 'must be the name of an endpoint'),
  resume: z
    .boolean()
    .default(false)
    .describe('A paused endpoint may be resumed, which costs money'),
  token: tokenVariable.default('${HF_TOKEN}'),
} as const;

const entryShape = {
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{0,62}$/,
      'must be 1 to 63 of a-z, 0-9, dot and dash, beginning with a letter or digit: it names a task queue',
    )
    .describe('Appears in metrics, ledger and minutes; unique over all roles'),
  contract: z.enum(CONTRACT_NAMES).describe('The wire format that the server speaks'),
  model: text(200).describe('The model as the server names it'),
  url: text(2048).describe("Base URL; the router's contracts default to the router").optional(),
  token: tokenVariable
    .describe(
      'The variable that holds the token, or several by commas; default: ${HF_TOKEN} at the router, none elsewhere',
    )
    .optional(),
  revision: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/, 'must be a commit of the model: 7 to 40 of 0-9 and a-f')
    .describe('Answers that report another commit are refused')
    .optional(),
  label: text(200).describe("Shown beside the engine's name in results").optional(),
  concurrency: z.int().min(1).max(256).default(4).describe('Simultaneous calls in one worker'),
  requestsPerMinute: z.number().positive().max(100_000).optional().describe('Over all workers'),
  // Chunks below 5 s have too little context to be understood. Recordings have at most two hours.
  audioSeconds: z.number().min(5).max(7200).optional().describe('Longest audio it takes'),
  // Below this, the prompt and the answer of a summary leave too little room for the transcript: see `MIN_CONTEXT_TOKENS`.
  contextTokens: z
    .int()
    .min(4096)
    .max(10_000_000)
    .optional()
    .describe('Prompt and answer together'),
  bodyBytes: z.int().min(10_000).max(1_073_741_824).optional().describe('Longest request body'),
  coldStart: z
    .boolean()
    .default(false)
    .describe('Wake it before the first call: it sleeps when nobody calls'),
  preset: z
    .enum(PRESET_NAMES)
    .describe(
      "Sampling by purpose, as far as the contract supports it. Servers that know only OpenAI's own fields refuse its topK and repetitionPenalty: set temperature and topP as parameters there instead",
    )
    .optional(),
  parameters: z
    .record(z.string(), parameterValue)
    .describe(
      "Under Hansard's own names. One that the role or the contract does not support is refused",
    )
    .optional(),
  stream: z
    .boolean()
    .default(false)
    .describe('Chat only: request a stream of events, for gateways that cut idle connections'),
  audioByUrl: z
    .boolean()
    .default(false)
    .describe('The provider fetches the audio from the object store and must be able to reach it'),
  privateDownloads: z
    .boolean()
    .default(false)
    .describe('Result addresses may be in private networks: for servers of your own'),
  tokenizer: z
    .string()
    .regex(HUB_REPOSITORY, 'must be a repository of the hub, like owner/name')
    .describe('Hub repository whose tokenizer.json counts its tokens; default: the model')
    .optional(),
  price: z
    .strictObject(priceShape, { error: unknownKeys(Object.keys(priceShape)) })
    .describe('US dollars')
    .optional(),
  endpoint: z
    .strictObject(endpointShape, { error: unknownKeys(Object.keys(endpointShape)) })
    .describe('The Inference Endpoint that serves the url, for the management API')
    .optional(),
} as const;

export const targetEntrySchema = z.strictObject(entryShape, {
  error: unknownKeys(Object.keys(entryShape)),
});
export type TargetEntry = z.infer<typeof targetEntrySchema>;

const patienceShape = {
  nextTargetSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('How long a target may keep an item waiting if another target follows'),
  lastTargetSeconds: z
    .number()
    .min(1)
    .max(518_400)
    .default(21_600)
    .describe('How long the last target may keep an item waiting: long enough for an outage'),
  probeSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(1800)
    .describe('How often one item tries the previous target again'),
} as const;

const chain = z.array(targetEntrySchema).max(20);

/** `hansard.yaml` as users write it. A role in it replaces the default chain of that role. */
export const hansardConfigurationSchema = z.strictObject(
  {
    roles: z
      .strictObject(
        {
          transcribe: chain.optional(),
          summarize: chain.optional(),
          illustrate: chain.optional(),
          moderate: chain.optional(),
          classify: chain.optional(),
          generate: chain.optional(),
          embed: chain.optional(),
        },
        { error: unknownKeys(ROLES) },
      )
      .default({}),
    patience: z
      .strictObject(patienceShape, { error: unknownKeys(Object.keys(patienceShape)) })
      .prefault({}),
  },
  { error: unknownKeys(['roles', 'patience']) },
);
export type HansardConfiguration = z.infer<typeof hansardConfigurationSchema>;

/** JSON Schema of `hansard.yaml`, for editors. */
export function hansardJsonSchema(): Record<string, unknown> {
  return {
    title: 'hansard.yaml',
    ...z.toJSONSchema(hansardConfigurationSchema, { io: 'input' }),
  };
}
