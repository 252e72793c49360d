import { z } from 'zod';
import { CLOSING_REASONS } from '../../adapters/inference/limits/gate-record.ts';
import { MAPPINGS } from '../../adapters/inference/hub/preflight.ts';
import { CONTRACT_NAMES, ROLES } from '../../workflows/contracts/targets.ts';

/**
 * - `reachable`: the server answered. Routed targets: Hugging Face's router did; whether it serves the model, `mapping`
 *   says.
 * - `refused`: the token is not set, or was refused; routed targets: by the hub, for the router's list is public.
 * - `unreachable`: no answer, or one that no working server gives.
 * - `asleep`: the management API says that its endpoint must be woken first, which the first job does.
 * - `not_probed`: asking would wake a model that costs while it is awake.
 */
export const REACHABILITIES = [
  'reachable',
  'refused',
  'unreachable',
  'asleep',
  'not_probed',
] as const;

const dollars = z.number().nonnegative().nullable();

const targetReportSchema = z.strictObject({
  target: z.string(),
  contract: z.enum(CONTRACT_NAMES),
  model: z.string(),
  /** False: no job can be served by it as things stand. */
  usable: z.boolean(),
  reachability: z.strictObject({
    state: z.enum(REACHABILITIES),
    /** A status, an error's code, or a few words; null: there is nothing to add. */
    detail: z.string().nullable(),
  }),
  /** Of the probe; null where none was answered. */
  latencyMs: z.number().nonnegative().nullable(),
  /** What all workers share; known through Redis only. */
  gate: z.strictObject({
    state: z.enum(['open', 'closed', 'half_open', 'unknown']),
    reason: z.enum(CLOSING_REASONS).nullable(),
    closedForMs: z.number().nonnegative(),
    /** Why it is unknown; else null. */
    detail: z.string().nullable(),
  }),
  /** US dollars; null: unknown, which is not nothing. */
  price: z
    .strictObject({
      inputPerMillion: dollars,
      outputPerMillion: dollars,
      perAudioMinute: dollars,
      perImage: dollars,
      perComputeSecond: dollars,
    })
    .nullable(),
  /** `configured`: in hansard.yaml. `listed`: by Hugging Face's router. */
  priceSource: z.enum(['configured', 'listed']).nullable(),
  /** Prompt and answer together; null: unknown. */
  contextTokens: z.int().positive().nullable(),
  /** `learned`: from the server or from Hugging Face's router. */
  contextSource: z.enum(['configured', 'learned']).nullable(),
  /** As configured; null: none. `concurrency` is that of one worker. */
  limits: z.strictObject({
    audioSeconds: z.number().nullable(),
    bodyBytes: z.int().nullable(),
    requestsPerMinute: z.number().nullable(),
    concurrency: z.int(),
  }),
  /** Null: it is not called through Hugging Face's router. */
  mapping: z
    .strictObject({
      state: z.enum(MAPPINGS),
      /** Null: the router chooses. */
      provider: z.string().nullable(),
      /** Whether the provider serves the model for the task of the role; null: unknown. */
      taskMatches: z.boolean().nullable(),
    })
    .nullable(),
});

/** What `hansard models check --json` prints. New fields may be added; `schemaVersion` changes when one goes. */
export const modelsReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Each role that was asked for, without batch roles, has a usable target: exit code 0. */
  usable: z.boolean(),
  roles: z.array(
    z.strictObject({
      role: z.enum(ROLES),
      /** At least one of its targets is. */
      usable: z.boolean(),
      /** In the order in which they are asked. */
      targets: z.array(targetReportSchema),
      /** Left out, because a variable that they name is not set. */
      skipped: z.array(z.strictObject({ target: z.string(), variable: z.string() })),
    }),
  ),
});

export type ModelsReport = z.infer<typeof modelsReportSchema>;
export type TargetReport = z.infer<typeof targetReportSchema>;
export type GateReport = TargetReport['gate'];
export type Reachability = TargetReport['reachability'];
