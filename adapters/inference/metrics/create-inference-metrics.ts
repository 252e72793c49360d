import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ROLES, type Role } from '../../../workflows/contracts/targets.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { Target } from '../targets/target.ts';
import type { ClosingReason, GateState } from '../limits/gate-record.ts';
import type { Usage } from '../../../workflows/contracts/stored-results.ts';
import { CLOSING_REASONS } from '../limits/gate-record.ts';
import { MAPPINGS, type Mapping } from '../hub/preflight.ts';

/**
 * Metrics of the calls to models. `target` is a configured name; any other name is counted as `other`, so that input
 * from outside creates no new series. No method throws.
 */
export type InferenceMetrics = ReturnType<typeof createInferenceMetrics>;

export interface ObservedCall {
  readonly target: string;
  readonly outcome: VerdictKind | 'answered';
  /** Null: no answer came. */
  readonly status: number | null;
  readonly seconds: number;
  /** Null: nothing was billed, or the usage is unknown. */
  readonly usage: Usage | null;
}

type MeasuredTarget = Pick<Target, 'name' | 'role' | 'contract'>;

/** Uses a registry of its own. */
export function createInferenceMetrics({
  targets,
  gateState,
}: {
  /** Of all roles. */
  readonly targets: readonly MeasuredTarget[];
  /** Called at each scrape: time and other workers change gates too. If it rejects, the last state stays. */
  readonly gateState?: (target: string) => Promise<GateState>;
}) {
  const registry = new Registry();
  const measures = createMeasures(registry);
  const configured = new Map(targets.map((target) => [target.name, target]));
  beginAtZero(measures, targets);
  const nameOf = (target: string): string => (configured.has(target) ? target : OTHER);
  const setGate = (target: string, { state }: GateState): void =>
    measures.gateState.set({ target: nameOf(target) }, GATE_VALUES[state]);

  return {
    /** One request, or one round of questions about queued work, whatever the outcome. */
    observeCall: ({ target, outcome, status, seconds, usage }: ObservedCall): void => {
      const name = nameOf(target);
      const { role = OTHER, contract = OTHER } = configured.get(target) ?? {};
      const known = among(['answered', ...VERDICT_KINDS], outcome);
      const labels = { target: name, role, contract, outcome: known };
      if (isAmount(seconds)) measures.latency.observe(labels, seconds);
      if (outcome !== 'answered') measures.errors.inc({ ...labels, status: statusClass(status) });
      if (usage === null) return;
      add(measures.tokens, { target: name, direction: 'input' }, usage.inputTokens);
      add(measures.tokens, { target: name, direction: 'output' }, usage.outputTokens);
      add(measures.audioSeconds, { target: name }, usage.audioSeconds);
      add(measures.images, { target: name }, usage.images);
    },
    setGate,
    countClosing: (target: string, reason: ClosingReason): void => {
      const known = among(CLOSING_REASONS, reason);
      measures.gateClosings.inc({ target: nameOf(target), reason: known });
    },
    /** From the first answer that reported it asleep until it was awake; null: it was given up before. */
    observeColdStart: (target: string, seconds: number | null): void => {
      measures.coldStarts.inc({ target: nameOf(target) });
      if (isAmount(seconds)) measures.coldStartSeconds.observe({ target: nameOf(target) }, seconds);
    },
    /** Replaces the target's earlier mapping. */
    setMapping: (target: string, mapping: Mapping): void => {
      const said = among(MAPPINGS, mapping, 'unknown');
      for (const one of MAPPINGS)
        measures.mapping.set({ target: nameOf(target), status: one }, one === said ? 1 : 0);
    },
    /** An answer that was stored already, and so not paid for. */
    countHeldAnswer: (role: Role): void => measures.heldAnswers.inc({ role: among(ROLES, role) }),
    /** The media type of `text`. */
    contentType: registry.contentType,
    /** In Prometheus' exposition format. */
    text: async (): Promise<string> => {
      if (gateState !== undefined) {
        await Promise.allSettled(
          targets.map(async ({ name }) => setGate(name, await gateState(name))),
        );
      }
      return await registry.metrics();
    },
  };
}

function createMeasures(registry: Registry) {
  const by = <Label extends string>(...labelNames: Label[]) => ({
    labelNames,
    registers: [registry],
  });
  const call = ['target', 'role', 'contract', 'outcome'] as const;
  return {
    latency: new Histogram({
      name: 'hf_api_latency_seconds',
      help: 'Time of a call to a model, whatever came of it.',
      ...by(...call),
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600],
    }),
    errors: new Counter({
      name: 'hf_api_errors_total',
      help: 'Calls to models that were not answered as they should be, by verdict.',
      ...by(...call, 'status'),
    }),
    tokens: new Counter({
      name: 'hf_api_tokens_total',
      help: 'Tokens that providers counted.',
      ...by('target', 'direction'),
    }),
    audioSeconds: new Counter({
      name: 'hf_api_audio_seconds_total',
      help: 'Seconds of audio that were transcribed.',
      ...by('target'),
    }),
    images: new Counter({
      name: 'hf_api_images_total',
      help: 'Pictures that were drawn or judged.',
      ...by('target'),
    }),
    gateState: new Gauge({
      name: 'hansard_gate_state',
      help: 'The gate before a target: 0 open, 1 half open, 2 closed.',
      ...by('target'),
    }),
    gateClosings: new Counter({
      name: 'hansard_gate_closings_total',
      help: 'How often this process closed the gate of a target.',
      ...by('target', 'reason'),
    }),
    coldStarts: new Counter({
      name: 'hansard_cold_starts_total',
      help: 'How often a target was waited for while it started.',
      ...by('target'),
    }),
    coldStartSeconds: new Histogram({
      name: 'hansard_cold_start_seconds',
      help: 'Time until a target that started was awake.',
      ...by('target'),
      buckets: [1, 5, 10, 20, 30, 60, 120, 300, 600],
    }),
    mapping: new Gauge({
      name: 'hansard_target_mapping',
      help: 'What the hub says of the model at the provider of a target: 1 for the status that holds.',
      ...by('target', 'status'),
    }),
    heldAnswers: new Counter({
      name: 'hansard_held_answers_total',
      help: 'Answers that were taken from the store instead of paid for.',
      ...by('role'),
    }),
  };
}

/** Creates all series at 0: `increase` misses the first event of a series that begins with it. */
function beginAtZero(
  { gateState, gateClosings, coldStarts, heldAnswers }: ReturnType<typeof createMeasures>,
  targets: readonly MeasuredTarget[],
): void {
  for (const { name } of targets) {
    gateState.set({ target: name }, GATE_VALUES.open);
    coldStarts.inc({ target: name }, 0);
    for (const reason of CLOSING_REASONS) gateClosings.inc({ target: name, reason }, 0);
  }
  for (const role of new Set(targets.map(({ role }) => role))) heldAnswers.inc({ role }, 0);
}

const OTHER = 'other';
const GATE_VALUES = { open: 0, half_open: 1, closed: 2 } as const satisfies Record<
  GateState['state'],
  number
>;

/** Also checks at run time, so that no unexpected value creates a new series. */
const among = (known: readonly string[], value: string, other = OTHER): string =>
  known.includes(value) ? value : other;

const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;

const statusClass = (status: number | null): string =>
  status === null ? 'none' : (STATUS_CLASSES[Math.floor(status / 100) - 2] ?? OTHER);

/** Excludes impossible numbers, which would spoil a sum permanently. */
const isAmount = (value: number | null): value is number =>
  value !== null && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

function add<Label extends string>(
  counter: Counter<Label>,
  labels: Record<Label, string>,
  amount: number | null,
): void {
  if (isAmount(amount)) counter.inc(labels, amount);
}
