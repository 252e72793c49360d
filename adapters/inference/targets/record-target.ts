import type { RecordedTarget } from '../../../workflows/contracts/targets.ts';
import type { Target } from './target.ts';
import { digestOf, sha256 } from '../../identity/digest.ts';

/** The target as stored in a workflow's history: no URL, no secret. */
export function recordTarget(target: Target): RecordedTarget {
  return {
    name: target.name,
    contract: target.contract,
    model: target.model,
    fingerprint: fingerprint(target),
    credentials: digestOf({
      variable: target.tokenVariable,
      host: new URL(target.baseUrl).host,
      ...headersIn(target),
    }),
    audioSeconds: target.audioSeconds,
    contextTokens: target.contextTokens,
    bodyBytes: target.bodyBytes,
    concurrency: target.concurrency,
    label: target.label,
    ...(target.endpoint !== null && { managed: true as const }),
  };
}

/** Tells whether two workers mean the same server and model by one target name. Computed once for each. */
export function fingerprint(target: Fingerprinted): string {
  const { contract, baseUrl, model, headers } = target;
  // A target with parameters of its own has the same headers.
  const known = FINGERPRINTS.get(headers) ?? new Map<string, string>();
  FINGERPRINTS.set(headers, known);
  const name = JSON.stringify([contract, baseUrl, model]);
  const print = known.get(name) ?? fingerprintOf(target);
  known.set(name, print);
  return print;
}

type Fingerprinted = Pick<Target, 'contract' | 'baseUrl' | 'model' | 'headers'>;

const FINGERPRINTS = new WeakMap<Target['headers'], Map<string, string>>();

const fingerprintOf = (target: Fingerprinted): string =>
  digestOf({
    contract: target.contract,
    baseUrl: sha256(target.baseUrl),
    model: target.model,
    ...headersIn(target),
  });

/** The headers of a target as written, for digests; empty without headers, so that these digests stay what they were. */
export function headersIn({ headers }: Pick<Target, 'headers'>): {
  readonly headers?: Readonly<Record<string, string>>;
} {
  const written = Object.entries(headers).map(([name, value]) => [name, value.written] as const);
  return written.length === 0 ? {} : { headers: Object.fromEntries(written) };
}
