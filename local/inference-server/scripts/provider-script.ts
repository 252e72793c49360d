import type { FaultRule } from '../faults.ts';

/**
 * What a provider does to one job of the local stack's own targets, how that job ends, and how many calls it is billed
 * at the least: a job that is billed more paid for something it need not.
 */
export interface ProviderScript {
  readonly name: string;
  readonly about: string;
  /** Whom it strikes. */
  readonly role: StruckRole;
  /** Whether the job ends as if nothing had happened. */
  readonly recoverable: boolean;
  readonly rules: readonly FaultRule[];
  /** Calls that the server completes for the job, by role. */
  readonly billed: Readonly<Record<StruckRole, number>>;
  readonly ends: ScriptEnd;
}

export type StruckRole = keyof typeof BASE_CALLS;

export interface ScriptEnd {
  readonly result: 'complete' | 'partial' | 'failed';
  /** `reason` is the type of the failure that ended the target. */
  readonly degradation: null | {
    readonly role: StruckRole;
    readonly level: 'fallback' | 'earlier' | 'simplified' | 'missing';
    readonly reason: string;
  };
  /** Why the recording has a hole; null: it has none. */
  readonly gap: string | null;
  /** The verdict on the picture; null: there is none. */
  readonly picture: 'safe' | 'held' | 'blocked' | null;
}

/** Of a job whose recording has three chunks with speech and whose words fit one section, where all goes well. */
export const BASE_CALLS = { transcribe: 3, summarize: 1, illustrate: 1, moderate: 1 } as const;

export const endsWell: ScriptEnd = {
  result: 'complete',
  degradation: null,
  gap: null,
  picture: 'safe',
};

/** A provider that comes round. `inVain`: calls that are billed, and whose answers are of no use. */
export const recoverable = (
  script: Pick<ProviderScript, 'name' | 'about' | 'role' | 'rules'> & { readonly inVain?: number },
): ProviderScript => {
  const { inVain = 0, ...said } = script;
  return {
    ...said,
    recoverable: true,
    billed: { ...BASE_CALLS, [said.role]: BASE_CALLS[said.role] + inVain },
    ends: endsWell,
  };
};

/** A provider that does not. `billed` and `ends` say what differs from a job without trouble. */
export const unrecoverable = (
  script: Pick<ProviderScript, 'name' | 'about' | 'role' | 'rules'> & {
    readonly billed: Partial<ProviderScript['billed']>;
    readonly ends: Partial<ScriptEnd>;
  },
): ProviderScript => ({
  ...script,
  recoverable: false,
  billed: { ...BASE_CALLS, ...script.billed },
  ends: { ...endsWell, ...script.ends },
});
