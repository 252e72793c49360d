import pMap from 'p-map';
import type { Target } from '../../adapters/inference/targets/target.ts';
import type { Exchange } from '../../adapters/inference/wire/exchange.ts';
import { createModelFacts, type ModelFacts } from '../../adapters/inference/hub/model-facts.ts';
import { examineTarget, isRouted } from '../../adapters/inference/hub/preflight.ts';
import { createTokenCheck, type TokenStanding } from '../../adapters/inference/hub/token-check.ts';
import type { InferenceConfiguration } from '../../adapters/inference/targets/load-configuration.ts';
import { ROLES, type Role, PIPELINE_ROLES } from '../../workflows/contracts/targets.ts';
import type { GateReports } from './gate-reports.ts';
import type { ModelsReport, TargetReport } from './models-report.ts';
import { probeTarget, type Probe } from './probe-target.ts';

export interface ModelsCheck {
  readonly configuration: InferenceConfiguration;
  readonly exchange: Exchange;
  readonly gates: GateReports;
  /** Null: the roles of a job, and every other role that has targets. */
  readonly role: Role | null;
  readonly signal: AbortSignal;
}

/** Checks every target without calling a model, so it costs nothing. Throws only the signal's reason. */
export async function checkModels(check: ModelsCheck): Promise<ModelsReport> {
  const { roles, skipped, services } = check.configuration;
  const wanted = ROLES.filter((role) =>
    check.role === null
      ? NEEDED_ROLES.includes(role) ||
        roles[role].length > 0 ||
        skipped.some((one) => one.role === role)
      : role === check.role,
  );
  const facts = createModelFacts(services, check.exchange);
  const standingOf = createTokenCheck(services, check.exchange, check.signal);
  const targets = wanted.flatMap((role) => roles[role]);
  const examined = (target: Target) => examine(target, { facts, standingOf }, check);
  const reports = await pMap(targets, examined, { concurrency: PROBES_AT_ONCE });

  const ofRoles = wanted.map((role) => {
    const own = reports.filter((_, index) => targets[index]?.role === role);
    return {
      role,
      usable: own.some(({ usable }) => usable),
      targets: own,
      skipped: skipped
        .filter((one) => one.role === role)
        .map(({ name, variable }) => ({ target: name, variable })),
    };
  });
  const counted = ofRoles.filter(({ role }) => check.role !== null || NEEDED_ROLES.includes(role));
  return { schemaVersion: 1, usable: counted.every(({ usable }) => usable), roles: ofRoles };
}

/** Batches use some of the other roles, and jobs make minutes without names where `diarize` has no target. */
const NEEDED_ROLES: readonly Role[] = PIPELINE_ROLES.filter((role) => role !== 'diarize');

async function examine(
  target: Target,
  { facts, standingOf }: HubLookUps,
  { configuration, exchange, gates, signal }: ModelsCheck,
): Promise<TargetReport> {
  const { services } = configuration;
  const routed = isRouted(target, services);
  const [probe, finding, gate, standings] = await Promise.all([
    probeTarget(target, { services, exchange }, signal),
    routed ? examineTarget(target, facts) : null,
    gates(target),
    Promise.all(routed ? target.apiTokens.map(standingOf) : []),
  ]);
  const { latencyMs } = probe;
  const reachability = withStandings(probe, target, standings);
  const learnedTokens = probe.contextTokens ?? finding?.contextTokens ?? null;
  const mapping = finding && {
    state: finding.mapping,
    provider: finding.provider,
    taskMatches: finding.taskMatches,
  };
  return {
    target: target.name,
    contract: target.contract,
    model: target.model,
    usable: isUsable(reachability, mapping),
    reachability,
    latencyMs,
    gate,
    price: target.price ?? finding?.price ?? null,
    priceSource: target.price !== null ? 'configured' : finding?.price ? 'listed' : null,
    contextTokens: target.contextTokens ?? learnedTokens,
    contextSource:
      target.contextTokens !== null ? 'configured' : learnedTokens === null ? null : 'learned',
    limits: {
      audioSeconds: target.audioSeconds,
      bodyBytes: target.bodyBytes,
      requestsPerMinute: target.requestsPerMinute,
      concurrency: target.concurrency,
    },
    mapping,
  };
}

interface HubLookUps {
  readonly facts: ModelFacts;
  readonly standingOf: (token: string) => Promise<TokenStanding>;
}

/** The router's list is public, so it does not check tokens. Calls fail when the hub knows none of the target's tokens. */
function withStandings(
  { reachability }: Probe,
  { tokenVariable }: Target,
  standings: readonly TokenStanding[],
): TargetReport['reachability'] {
  const refused = standings.length > 0 && standings.every((standing) => standing === 'refused');
  if (!refused || reachability.state !== 'reachable') return reachability;
  return { state: 'refused', detail: `Hugging Face does not know the token in ${tokenVariable}` };
}

/** When unknown, assume usable: a closed gate opens again, and a failing hub says nothing about the target. */
function isUsable(
  { state }: TargetReport['reachability'],
  mapping: TargetReport['mapping'],
): boolean {
  if (state === 'refused' || state === 'unreachable') return false;
  if (mapping === null) return true;
  return (mapping.state === 'live' || mapping.state === 'unknown') && mapping.taskMatches !== false;
}

/** Enough for any chain that is written by hand. */
const PROBES_AT_ONCE = 8;
