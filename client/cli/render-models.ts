import type { ModelsReport, TargetReport } from '../models/models-report.ts';
import { aligned } from './render-list.ts';

/** A table per role, with the skipped targets below it. */
export function modelsLines({ roles }: ModelsReport): string[] {
  return roles.flatMap(({ role, usable, targets, skipped }, index) => [
    ...(index === 0 ? [] : ['']),
    `${role}${usable ? '' : ': no target is usable'}`,
    ...(targets.length === 0 ? [] : aligned([HEADINGS, ...targets.map(cells)]).map(indented)),
    ...skipped.map(({ target, variable }) =>
      indented(`${target} is skipped: ${variable} is not set`),
    ),
    ...(targets.length + skipped.length === 0
      ? [
          indented(
            `no target is configured: name one under roles.${role} in the file of HANSARD_CONFIG`,
          ),
        ]
      : []),
  ]);
}

const HEADINGS = [
  'TARGET',
  'CONTRACT',
  'MODEL',
  'REACHABILITY',
  'LATENCY',
  'GATE',
  'PRICE',
  'CONTEXT',
  'LIMITS',
  'MAPPING',
];

const indented = (line: string): string => `  ${line}`;

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
  const parts = [
    inputPerMillion === null && outputPerMillion === null
      ? null
      : `${dollars(inputPerMillion)} in, ${dollars(outputPerMillion)} out a million tokens`,
    perAudioMinute === null ? null : `${dollars(perAudioMinute)} a minute of audio`,
    perImage === null ? null : `${dollars(perImage)} a picture`,
    perComputeSecond === null ? null : `${dollars(perComputeSecond)} a second of compute`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return 'unknown';
  if (priceSource === 'listed' && inputPerMillion === 0 && outputPerMillion === 0)
    return 'free (listed)';
  return parts.join(', ') + (priceSource === 'listed' ? ' (listed)' : '');
}

const dollars = (amount: number | null): string => (amount === null ? 'unknown' : `$${amount}`);

function limits({ limits: known }: TargetReport): string {
  const { audioSeconds, bodyBytes, requestsPerMinute, concurrency } = known;
  return [
    audioSeconds === null ? null : `${audioSeconds} s of audio`,
    bodyBytes === null ? null : `${bodyBytes} bytes`,
    requestsPerMinute === null ? null : `${requestsPerMinute} a minute`,
    `${concurrency} at once`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function mapping({ mapping: known }: TargetReport): string {
  if (known === null) return '-';
  const by = known.provider === null ? '' : ` by ${known.provider}`;
  return `${known.state}${by}${known.taskMatches === false ? ', for another task' : ''}`;
}
