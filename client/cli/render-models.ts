import type { ModelsReport, TargetReport } from '../models/models-report.ts';
import { aligned } from './render-list.ts';

/** A table per role, with the skipped targets below it. */
export function modelsLines({ roles }: ModelsReport): string[] {
  return roles.flatMap(({ role, usable, targets, skipped }, index) => {
    const details = [
      ...(targets.length === 0 ? [] : aligned([HEADINGS, ...targets.map(cells)])),
      ...skipped.map(({ target, variable }) => `${target} is skipped: ${variable} is not set`),
    ];
    if (details.length === 0)
      details.push(
        `no target is configured: name one under roles.${role} in the file of HANSARD_CONFIG`,
      );
    return [
      ...(index === 0 ? [] : ['']),
      `${role}${usable ? '' : ': no target is usable'}`,
      ...details.map((line) => `  ${line}`),
    ];
  });
}

const HEADINGS =
  'TARGET CONTRACT MODEL REACHABILITY LATENCY GATE PRICE CONTEXT LIMITS MAPPING'.split(' ');

const cells = (report: TargetReport): string[] => [
  report.target,
  report.contract,
  report.model,
  reachability(report),
  report.latencyMs === null ? '-' : `${report.latencyMs} ms`,
  gate(report),
  price(report),
  report.contextTokens === null
    ? 'unknown'
    : `${report.contextTokens}${report.contextSource === 'learned' ? ' (learned)' : ''}`,
  limits(report),
  mapping(report),
];

function reachability({ reachability: { state, detail } }: TargetReport): string {
  const word = state.replaceAll('_', ' ');
  if (detail === null) return word;
  return state === 'refused' || state === 'unreachable'
    ? `${word}: ${detail}`
    : `${word} (${detail})`;
}

function gate({ gate: { state, reason, closedForMs, detail } }: TargetReport): string {
  switch (state) {
    case 'open':
      return 'open';
    case 'closed':
      return `closed for ${Math.ceil(closedForMs / 1000)} s (${reason})`;
    case 'half_open':
      return `half open (${reason})`;
    case 'unknown':
      return `unknown (${detail})`;
  }
}

/** An unknown price is never shown as 0. */
function price({ price: known, priceSource }: TargetReport): string {
  if (known === null) return 'unknown';
  const { inputPerMillion, outputPerMillion, perAudioMinute, perImage, perComputeSecond } = known;
  const tokens = `${dollars(inputPerMillion)} in, ${dollars(outputPerMillion)} out a million tokens`;
  const parts = [
    ...(inputPerMillion === null && outputPerMillion === null ? [] : [tokens]),
    ...told(perAudioMinute, (amount) => `$${amount} a minute of audio`),
    ...told(perImage, (amount) => `$${amount} a picture`),
    ...told(perComputeSecond, (amount) => `$${amount} a second of compute`),
  ];
  if (parts.length === 0) return 'unknown';
  if (priceSource === 'listed' && inputPerMillion === 0 && outputPerMillion === 0)
    return 'free (listed)';
  return parts.join(', ') + (priceSource === 'listed' ? ' (listed)' : '');
}

const dollars = (amount: number | null): string => (amount === null ? 'unknown' : `$${amount}`);

const limits = ({ limits: known }: TargetReport): string =>
  [
    ...told(known.audioSeconds, (seconds) => `${seconds} s of audio`),
    ...told(known.bodyBytes, (bytes) => `${bytes} bytes`),
    ...told(known.requestsPerMinute, (requests) => `${requests} a minute`),
    `${known.concurrency} at once`,
  ].join(', ');

/** Nothing about what is not known. */
const told = (value: number | null, tell: (value: number) => string): string[] =>
  value === null ? [] : [tell(value)];

function mapping({ mapping: known }: TargetReport): string {
  if (known === null) return '-';
  const by = known.provider === null ? '' : ` by ${known.provider}`;
  return `${known.state}${by}${known.taskMatches === false ? ', for another task' : ''}`;
}
