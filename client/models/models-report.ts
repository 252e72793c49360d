import { z } from 'zod';
import { CLOSING_REASONS } from '../../adapters/inference/limits/gate-record.ts';
import { MAPPINGS } from '../../adapters/inference/hub/preflight.ts';
import { ROLES } from '../../workflows/contracts/targets.ts';

/**
 * - `reachable`: the server answered. For a routed target, Hugging Face's router did; `mapping` tells whether it serves
 *   the model.
 * - `refused`: the token is not set, or was refused (for routed targets by the hub, because the router's list is public).
 * - `unreachable`: no answer, or an answer that no working server gives.
 * - `asleep`: according to the management API, the endpoint must be woken first. The first job does that.
 * - `not_probed`: a probe would wake a model that costs money while it is awake.
 */
const REACHABILITIES = ['reachable', 'refused', 'unreachable', 'asleep', 'not_probed'] as const;

const dollars = z.number().nonnegative().nullable();

/** Shared by all workers; only known with Redis. */
export const gateReportSchema = z.strictObject({
  state: z.enum(['open', 'closed', 'half_open', 'unknown']),
  reason: z.enum(CLOSING_REASONS).nullable(),
  closedForMs: z.number().nonnegative(),
  /** The reason when the state is unknown; otherwise null. */
  detail: z.string().nullable(),
});

const targetReportSchema = z.strictObject({
  target: z.string(),
  contract: z.string(),
  model: z.string(),
  /** False: no job can use it at the moment. */
  usable: z.boolean(),
  reachability: z.strictObject({
    state: z.enum(REACHABILITIES),
    /** A status, an error code, or a few words; null: nothing to add. */
    detail: z.string().nullable(),
  }),
  /** Latency of the probe; null when it was not answered. */
  latencyMs: z.number().nonnegative().nullable(),
  gate: gateReportSchema,
  /** US dollars; null: unknown, which does not mean free. */
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
  /** As configured; null: no limit. `concurrency` is per worker. */
  limits: z.strictObject({
    audioSeconds: z.number().nullable(),
    bodyBytes: z.int().nullable(),
    requestsPerMinute: z.number().nullable(),
    concurrency: z.int(),
  }),
  /** Null: the target is not called through Hugging Face's router. */
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
  /** True when each requested role, batch roles excepted, has a usable target: exit code 0. */
  usable: z.boolean(),
  roles: z.array(
    z.strictObject({
      role: z.enum(ROLES),
      /** True when at least one target is usable. */
      usable: z.boolean(),
      /** In the order in which jobs use them. */
      targets: z.array(targetReportSchema),
      /** Skipped, because a variable that they name is not set. */
      skipped: z.array(z.strictObject({ target: z.string(), variable: z.string() })),
    }),
  ),
});

export type ModelsReport = z.infer<typeof modelsReportSchema>;
export type TargetReport = z.infer<typeof targetReportSchema>;
export type GateReport = TargetReport['gate'];
export type Reachability = TargetReport['reachability'];
