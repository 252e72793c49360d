import type { ApprovalView } from './jobs/approval-view.ts';
import type { ResultFormat } from './jobs/fetch-result.ts';
import type { StandOfJob } from './jobs/stand-of-job.ts';
import type { ResultSource } from './jobs/result-source.ts';
import type { WantedDecision } from './jobs/decide.ts';
import type { Explanation } from './jobs/explain/explanation.ts';
import type { WrittenByPeople } from './jobs/explain/written-by-people.ts';
import type { JobView } from './jobs/job-view.ts';
import type { FoundListedJob, ListedJob } from './jobs/listed-job.ts';
import type { ReadStatus } from './jobs/read-status.ts';
import type { JobVersions } from './jobs/read-versions.ts';
import type { Submission, SubmittedJob } from './jobs/submit-job.ts';
import type { joinSpeakers, renameSpeaker } from './jobs/speaker-changes.ts';
import type { parseSummaryChange, TypedSummary } from './jobs/summary-change.ts';
import type { KeyView, MadeKey } from './keys/manage-keys.ts';
import type { RotatedSignature } from './keys/sign-with-key.ts';
import type { TypedKey } from './keys/typed-key.ts';
import type { TypedSigning } from './keys/typed-signing.ts';
import type { RenderedRevision, SummaryCalls } from '../workflows/contracts/activities.ts';
import type { Progress } from '../workflows/contracts/jobs.ts';
import type { VersionChanges } from '../workflows/contracts/version-changes.ts';

/**
 * What the commands need of an installation. There are two: `client/direct` works with its services, and
 * `client/remote` asks its gateway. Both throw the same errors, so that a command cannot tell which one it has.
 */
export interface BackEnd extends JobReader, JobMaker, JobChanger, KeyKeeper {}

/** A job as a user named it: by its id or the beginning of it, and by the tenant if they said one. */
export interface JobName {
  readonly reference: string;
  readonly tenant?: string | undefined;
}

/** A tenant if the user said one. */
type TenantName = Pick<JobName, 'tenant'>;

/** Throws the errors of `findJob`, as all that is about one job. */
export interface JobReader {
  readonly status: (
    job: JobName,
  ) => Promise<{ readonly view: JobView; readonly status: ReadStatus }>;
  /** Shows every state until the job ends. Throws `WatchInterruptedError` when the signal aborts. */
  readonly follow: (
    job: JobName,
    options: { readonly signal: AbortSignal; readonly show: (view: JobView) => void },
  ) => Promise<JobView>;
  readonly list: (wanted: TenantName & { readonly limit: number }) => Promise<readonly ListedJob[]>;
  /** `cut`: how many meetings have more different words than the search holds. */
  readonly search: (
    wanted: TenantName & { readonly limit: number; readonly words: string },
  ) => Promise<{ readonly jobs: readonly FoundListedJob[]; readonly cut: number }>;
  readonly versions: (job: JobName) => Promise<JobVersions>;
  /** Throws `NoResultError` and `NoSuchVersionError`. Without a version, of the one that the job shows. */
  readonly changes: (job: JobName, version: number | undefined) => Promise<VersionChanges>;
  readonly explain: (
    job: JobName,
    wanted: { readonly item?: string | undefined; readonly version?: number | undefined },
  ) => Promise<Explanation>;
  /** Throws `NoResultError`, where a job has no minutes. */
  readonly result: (
    job: JobName,
    wanted: {
      readonly version: number | undefined;
      readonly formats: readonly ResultFormat[];
      /** The recording is wanted, too. */
      readonly withAudio: boolean;
    },
  ) => Promise<ResultSource>;
}

/** What a person may be told while files are submitted. */
export interface SubmitTold {
  /** The files of one recording in their order, each with its length; not told where that is unknown here. */
  readonly onProbed?: (files: readonly { readonly durationSeconds: number }[]) => void;
  readonly onUpload?: () => void;
  readonly onUploaded?: (done: { readonly bytes: number; readonly of: number }) => void;
}

export interface JobMaker {
  readonly submit: (
    submission: Omit<Submission, 'tenant'> & TenantName,
    options: SubmitTold & { readonly signal: AbortSignal },
  ) => Promise<{ readonly job: SubmittedJob } & StandOfJob>;
  readonly cancel: (
    job: JobName,
  ) => Promise<{ readonly id: string; readonly outcome: 'requested' | 'cancelled' }>;
  /** `lackedSpeakers`: who spoke is asked again. */
  readonly retry: (
    job: JobName,
  ) => Promise<{ readonly job: SubmittedJob; readonly lackedSpeakers: boolean }>;
}

/** A change of minutes, as a person wants it. */
export type RequestedChange =
  | ReturnType<typeof renameSpeaker>
  | ReturnType<typeof joinSpeakers>
  /** `madeFrom`: the version that the file was made from; undefined: they do not say. */
  | { readonly kind: 'edit'; readonly path: string; readonly madeFrom: number | undefined }
  | ({ readonly kind: 'resummarize'; readonly typed: TypedSummary } & Pick<
      Awaited<ReturnType<typeof parseSummaryChange>>,
      'change' | 'template'
    >)
  /** `version`: the one that they read; undefined: whichever is shown. */
  | {
      readonly kind: 'approval';
      readonly wanted: WantedDecision;
      readonly version: number | undefined;
    };

/** What a person is asked and told while a change is made. */
export interface ChangeTold {
  /** What people wrote and a new summary does not take over. */
  readonly onReplaced?: (written: WrittenByPeople, id: string) => void;
  /** Asked before calls that are paid for: false gives the change up. */
  readonly confirm?: (calls: SummaryCalls) => Promise<boolean>;
  readonly onProgress?: (sections: Progress['sections']) => void;
  readonly signal?: AbortSignal;
}

/** What became of a change: `same`, the minutes have it already; `unwanted`, its calls were not wanted. */
export type ChangedJob =
  | { readonly outcome: 'same'; readonly id: string }
  | { readonly outcome: 'unwanted'; readonly id: string }
  | {
      readonly outcome: 'made';
      readonly id: string;
      readonly made: Pick<RenderedRevision, 'version' | 'statements' | 'statementsBefore'>;
      readonly approval: ApprovalView | null;
      readonly asked: string | null;
    };

export interface JobChanger {
  /** Throws the errors of `reviseJob`. */
  readonly change: (
    job: JobName,
    change: RequestedChange,
    options: ChangeTold & { readonly by: string },
  ) => Promise<ChangedJob>;
  /** Throws `NoResultError` with the words of a job without minutes. */
  readonly requireResult: (job: JobName) => Promise<void>;
}

export interface KeyKeeper {
  readonly createKey: (
    typed: TypedKey & TenantName,
  ) => Promise<{ readonly tenant: string; readonly made: MadeKey }>;
  readonly listKeys: (wanted: TenantName) => Promise<readonly KeyView[]>;
  readonly revokeKey: (wanted: TenantName & { readonly id: string }) => Promise<KeyView>;
  /** Throws `KeyNotFoundError`. */
  readonly rotateSignature: (
    wanted: TenantName & { readonly id: string; readonly keep: string } & TypedSigning,
  ) => Promise<RotatedSignature>;
  /** Throws `KeyNotFoundError` and `NoSigningKeyError`. */
  readonly setSignature: (
    wanted: TenantName & { readonly id: string; readonly policy: 'optional' | 'required' },
  ) => Promise<KeyView>;
}
