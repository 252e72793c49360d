import { z } from 'zod';
import { CONTRACT_NAMES } from '../protocols/contract-table.ts';
import { PRESET_NAMES } from './parameter-schema.ts';
import { strictFields as strict } from '../../settings/describe-issue.ts';
import { issuersSchema } from '../../issuers/issuer-schema.ts';
import { HUB_REPOSITORY } from '../tokenizers/hub-tokenizer.ts';

const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.optional().transform((value) => value ?? null);

/** Bounds the text as written: it may hold variables. */
const text = (longest: number): z.ZodString => z.string().trim().min(1).max(longest);

const parameterValue = z.union(
  [z.number(), z.string().max(1000), z.boolean(), z.array(z.string().max(200)).max(16)],
  { error: 'must be a number, a text, true, false, or a list of texts' },
);

const dollars = orNull(z.number().nonnegative().max(1_000_000));

/** Null in the output: no amount is given; then the router's listed price is shown. */
const price = strict({
  inputPerMillion: dollars,
  outputPerMillion: dollars,
  perAudioMinute: dollars,
  perImage: dollars,
  perComputeSecond: dollars,
  currency: z.literal('USD').optional(),
}).transform((written) => {
  const { currency: _, ...amounts } = written;
  return Object.values(amounts).every((amount) => amount === null) ? null : amounts;
});

/** Its output is the name of the variable. */
const tokenVariable = z
  .string()
  .regex(
    /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/,
    'must name a variable, like ${MIXTRAL_TOKEN}, and not hold the secret itself',
  )
  .transform((reference) => reference.slice(2, -1));

/** Headers that the wire itself sets, or whose value has a field of its own. */
const RESERVED_HEADERS =
  /^(?:accept|authorization|connection|content-.*|cookie|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|x-hf-.*|x-scale-up-timeout)$/;

const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** Its output has the names in lower case. */
const headers = z
  .record(z.string(), text(2048))
  .superRefine((written, issues) => {
    const names = Object.keys(written);
    const refuse = (message: string, name?: string): void =>
      issues.addIssue({ code: 'custom', message, path: name === undefined ? [] : [name] });
    if (names.length > 16) refuse('must be 16 headers at most');
    for (const name of names) {
      if (!HEADER_NAME.test(name))
        refuse('must be the name of a header: letters, digits, dashes', name);
      else if (RESERVED_HEADERS.test(name.toLowerCase()))
        refuse('is a header that Hansard sets itself', name);
    }
  })
  .transform((written) =>
    Object.fromEntries(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value])),
  );

const endpoint = strict({
  namespace: z.string().regex(/^[\w.-]{1,96}$/, 'must be a user or an organisation'),
  name: z.string().regex(/^[\w.-]{1,96}$/, 'must be the name of an endpoint'),
  resume: z
    .boolean()
    .default(false)
    .describe('A paused endpoint may be resumed, which costs money'),
  token: tokenVariable.prefault('${HF_TOKEN}'),
});

export const targetEntrySchema = strict({
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
  headers: headers
    .describe(
      'Headers of every request, for gateways that need them. A secret is a variable: ${GATEWAY_KEY}',
    )
    .optional(),
  revision: orNull(
    z.string().regex(/^[0-9a-f]{7,40}$/, 'must be a commit of the model: 7 to 40 of 0-9 and a-f'),
  ).describe('Answers that report another commit are refused'),
  label: orNull(text(200)).describe("Shown beside the engine's name in results"),
  concurrency: z.int().min(1).max(256).default(4).describe('Simultaneous calls in one worker'),
  requestsPerMinute: orNull(z.number().positive().max(100_000)).describe('Over all workers'),
  // Chunks below 5 s have too little context to be understood. A diarising target takes all of a recording.
  audioSeconds: orNull(z.number().min(5).max(86_400)).describe('Longest audio it takes'),
  // Below this, the prompt and the answer of a summary leave too little room for the transcript: see `MIN_CONTEXT_TOKENS`.
  contextTokens: orNull(z.int().min(4096).max(10_000_000)).describe('Prompt and answer together'),
  bodyBytes: orNull(z.int().min(10_000).max(1_073_741_824)).describe('Longest request body'),
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
  tokenizer: orNull(
    z.string().regex(HUB_REPOSITORY, 'must be a repository of the hub, like owner/name'),
  ).describe('Hub repository whose tokenizer.json counts its tokens; default: the model'),
  price: orNull(price).describe('US dollars'),
  endpoint: endpoint
    .describe('The Inference Endpoint that serves the url, for the management API')
    .optional(),
});
export type TargetEntry = z.infer<typeof targetEntrySchema>;

const seconds = (most: number, usual: number) => z.number().min(1).max(most).default(usual);

/** The output is in milliseconds. */
const patience = strict({
  nextTargetSeconds: seconds(86_400, 300).describe(
    'How long a target may keep an item waiting if another target follows',
  ),
  lastTargetSeconds: seconds(518_400, 21_600).describe(
    'How long the last target may keep an item waiting: long enough for an outage',
  ),
  probeSeconds: seconds(86_400, 1800).describe(
    'How often one item tries the previous target again',
  ),
}).transform(({ nextTargetSeconds, lastTargetSeconds, probeSeconds }) => ({
  nextTargetMs: nextTargetSeconds * 1000,
  lastTargetMs: lastTargetSeconds * 1000,
  probeMs: probeSeconds * 1000,
}));

const chain = z.array(targetEntrySchema).max(20);

/** `hansard.yaml` as users write it. A role in it replaces the default chain of that role. */
export const hansardConfigurationSchema = strict({
  roles: strict({
    transcribe: chain.optional(),
    diarize: chain.optional(),
    summarize: chain.optional(),
    illustrate: chain.optional(),
    moderate: chain.optional(),
    classify: chain.optional(),
    generate: chain.optional(),
    embed: chain.optional(),
  }).prefault({}),
  patience: patience.prefault({}),
  issuers: issuersSchema
    .default([])
    .describe('Who vouches for people and programs at the gateway, besides keys'),
});

export type HansardConfiguration = z.infer<typeof hansardConfigurationSchema>;

/** How long items wait for targets. */
export type Patience = z.infer<typeof patience>;

/** JSON Schema of `hansard.yaml`, for editors. */
export function hansardJsonSchema(): Record<string, unknown> {
  return {
    title: 'hansard.yaml',
    ...z.toJSONSchema(hansardConfigurationSchema, { io: 'input' }),
  };
}
