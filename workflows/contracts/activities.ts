import type { ApprovalFacts } from './approval.ts';
import type { Degradation, JobReference, MinutesResult } from './jobs.ts';
import type { ImageVerdict } from './minutes.ts';
import type { ItemFailure, PaidActivityInput, PaidOutcome } from './paid-activity.ts';
import type {
  SectionsReference,
  CutSections,
  SummarizeSection,
  HeldAnswer,
  PlanReduction,
  KeepAnswers,
  ReduceSummaries,
  AdoptEarlierSummary,
  EarlierSummary,
  Summarized,
} from './summarizing.ts';
import type { Chains, PerRole, RecordedTarget } from './targets.ts';
import type {
  PrepareRecording,
  PreparedRecording,
  WindowOfChunks,
  ChunksToDo,
  DoubtedStretch,
  TranscribeChunk,
  TranscribedChunk,
  DiarizeRecording,
  HeardWindows,
  AssembleTranscript,
  TranscriptFacts,
} from './transcribing.ts';
import type { DeliveryReference } from './webhooks.ts';

/**
 * The port between workflows, which decide, and activities, which act: one line per activity, one interface per kind
 * of queue. Arguments and results are keys, indexes, counts and times; texts, names and bytes are in S3.
 */
export interface Activities
  extends IoActivities, EndpointActivities, MediaActivities, PaidActivities, WebhookActivities {}

/** Queue `io`. */
export interface IoActivities {
  readonly startJob: (input: JobReference) => Promise<StartedJob>;
  readonly lookUpChunks: (input: WindowOfChunks) => Promise<ChunksToDo>;
  /**
   * `doubts`: what the answers leave in doubt that are all there only now, such as text in the wrong language; where
   * answers to it come, the window is closed anew.
   */
  readonly closeWindow: (
    input: WindowOfChunks & { readonly failures: readonly ItemFailure[] },
  ) => Promise<{
    readonly transcribed: number;
    readonly failed: number;
    /** Absent in older histories. */
    readonly doubts?: readonly DoubtedStretch[];
  }>;
  readonly assembleTranscript: (input: AssembleTranscript) => Promise<TranscriptFacts>;
  /** In its place, where the source of the job is a transcript. */
  readonly importTranscript: (input: JobReference) => Promise<TranscriptFacts>;
  /**
   * While later windows are transcribed. `open`: the sections that stay as they are and have no stored summary yet, from
   * the section `from` on; absent in older histories: from the first.
   */
  readonly cutAhead: (
    input: SectionsReference & HeardWindows & { readonly from?: number },
  ) => Promise<{ readonly open: readonly number[] }>;
  readonly cutSections: (input: CutSections) => Promise<{
    readonly sections: Degradation['spans'];
    /** The stored summaries, by section; absent in older histories. */
    readonly held?: readonly (HeldAnswer | null)[];
  }>;
  /** Stores a part of a level's answers, where there are many: neither a history nor the state of a run has room for all. */
  readonly keepAnswers: (input: KeepAnswers) => Promise<void>;
  /**
   * Records which answers the level joins, and gives the number of its reducing calls. 0: only one partial summary is
   * left, and it is the summary.
   */
  readonly planReduction: (input: PlanReduction) => Promise<{ readonly groups: number }>;
  readonly adoptEarlierSummary: (input: AdoptEarlierSummary) => Promise<EarlierSummary | null>;
  readonly concludeSummary: (
    input: Summarized,
  ) => Promise<{ readonly statements: number; readonly verified: number }>;
  readonly renderMinutes: (input: RenderMinutes) => Promise<MinutesResult>;
  /** `renderAgain`: a person named or joined speakers since the minutes were rendered. */
  readonly publishMinutes: (
    input: JobReference & { readonly minutesKey: string },
  ) => Promise<{ readonly renderAgain: true } | undefined>;
  /** What a person's change needs before it is rendered. Fails as refused if the job's result is another one by now. */
  readonly startRevision: (input: RevisionReference) => Promise<StartedRevision>;
  /** How many calls a summary would make now, whose first sections are cut. */
  readonly countSummaryCalls: (input: SectionsReference) => Promise<SummaryCalls>;
  /** Writes the files of a next version of the minutes, with a person's change. */
  readonly renderRevision: (input: RenderRevision) => Promise<RenderedRevision>;
  /** Makes it the job's result. Fails as superseded if the job's result is no longer the one that was changed. */
  readonly publishRevision: (input: RevisionReference & RenderedRevision) => Promise<void>;
  /** Releases the claims of a revision's run, and deletes its scratch. */
  readonly closeRevision: (input: JobReference) => Promise<void>;
  /** What a job shows that waits for a person; null: there is no such job. */
  readonly lookAtApproval: (input: JobReference) => Promise<ApprovalLook | null>;
  /** Marks that a draft waits for long; does nothing if the job shows another one by now. */
  readonly remindOfApproval: (input: JobReference & { readonly version: number }) => Promise<void>;
  readonly lookForWorker: (
    input: JobReference & { readonly target: string },
  ) => Promise<WorkerLook>;
  readonly closeJob: (input: CloseJob) => Promise<void>;
  readonly sweepAbandoned: () => Promise<SweptFacts>;
}

/** Queue `io` too, with more attempts: one for each look at an endpoint that is waking. */
export interface EndpointActivities {
  /** Wakes the endpoint of a target with `managed`. Fails with a pause until it is awake and the target can be retried. */
  readonly ensureEndpointReady: (input: PaidActivityInput) => Promise<EndpointReady>;
}

/** Queue `webhooks`. */
export interface WebhookActivities {
  /** One attempt. A refusal of the receiver is an answer, and no failure. */
  readonly postWebhook: (
    input: DeliveryReference & { readonly delaysMs: readonly number[] },
  ) => Promise<PostedWebhook>;
}

/** Queue `media`. */
export interface MediaActivities {
  readonly prepareRecording: (input: PrepareRecording) => Promise<PreparedRecording>;
  /** Stores what is heard of a recording in a form that browsers play. */
  readonly storeHeard: (input: JobReference) => Promise<void>;
  readonly assessPicture: (input: PictureReference) => Promise<{ readonly quality: number }>;
  readonly publishPicture: (input: PublishPicture) => Promise<PublishedPicture>;
}

/** Queues `paid.{target}`. */
export interface PaidActivities {
  readonly transcribeChunk: (input: TranscribeChunk) => Promise<TranscribedChunk>;
  readonly diarizeRecording: (input: DiarizeRecording) => Promise<PaidOutcome>;
  readonly summarizeSection: (input: SummarizeSection) => Promise<PaidOutcome>;
  readonly reduceSummaries: (input: ReduceSummaries) => Promise<PaidOutcome>;
  readonly drawPicture: (input: DrawPicture) => Promise<PaidOutcome & { readonly sha256: string }>;
  readonly moderatePicture: (
    input: PaidActivityInput & PictureReference,
  ) => Promise<PaidOutcome & { readonly verdict: ImageVerdict }>;
  readonly warmTarget: (input: { readonly target: string }) => Promise<WarmOutcome>;
}

export interface StartedJob {
  readonly chains: Chains;
  readonly image: boolean;
  /** ISO 639-1 code from the user; null: detect it. */
  readonly language: string | null;
  /** How often an earlier target is probed; absent in older histories. */
  readonly probeMs?: number;
  /** The source is a transcript, and nothing is heard. */
  readonly isTranscript?: true;
}

/** `attempt`: 0, 1, …; each attempt has its own seed. */
type DrawPicture = PaidActivityInput & { readonly attempt: number };
type PictureReference = JobReference & { readonly sha256: string };
interface PublishPicture extends PictureReference {
  readonly attempt: number;
  readonly quality: number;
  /** Of the answer that drew it; absent in older histories. */
  readonly callKey?: string | undefined;
}
interface PublishedPicture {
  /** Read by `publishPicture` itself. A picture that is not safe stays in quarantine. */
  readonly verdict: ImageVerdict;
  readonly key: string | null;
}

export interface RenderMinutes extends JobReference {
  readonly summarized: Summarized;
  /** With `windows`; absent: the source of the job is a transcript. */
  readonly planKey?: string;
  readonly windows?: number;
  /** As in `AssembleTranscript`. */
  readonly diarized?: string;
  readonly chains: PerRole<readonly string[]>;
  readonly degradations: readonly Degradation[];
  readonly picture: (Omit<PublishPicture, keyof JobReference> & PublishedPicture) | null;
}
/** A change that a person asks for: `jobs/{id}/changes/{change}.json`. */
export interface RevisionReference extends JobReference {
  /** SHA-256. */
  readonly change: string;
}
export interface StartedRevision {
  /** The chain that writes the summary anew; null: none is written. */
  readonly summarize: readonly RecordedTarget[] | null;
  /** As in `StartedJob`. */
  readonly probeMs: number;
}
export interface SummaryCalls {
  readonly sections: number;
  /** Calls that are certainly made, one for each of these that has no stored answer. */
  readonly calls: number;
  /** With those that join summaries: how many depends on the answers. Repairs and retries come on top. */
  readonly atMost: number;
}
export interface RenderRevision extends RevisionReference {
  /** The summary that was written anew; absent: none was. */
  readonly summary?: {
    readonly summarized: Summarized;
    readonly chain: readonly string[];
    readonly degradations: readonly Degradation[];
  };
}
export interface RenderedRevision {
  readonly minutesKey: string;
  readonly version: number;
  readonly statements: StatementCounts;
  /** In the version that was changed. */
  readonly statementsBefore: StatementCounts;
  /** Absent: nobody is asked for it. */
  readonly approval?: ApprovalFacts;
}
export interface ApprovalLook {
  /** Null: nobody is asked for approval. */
  readonly approval: ApprovalFacts | null;
  /** That the job shows. */
  readonly version: number;
  /** When somebody has to be reminded of it; null: nobody has, or it was done. */
  readonly remindAt: string | null;
}
export interface StatementCounts {
  readonly all: number;
  /** Those whose quotes were found and bear them out. */
  readonly verified: number;
}
interface CloseJob extends JobReference {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly result: MinutesResult['result'] | null;
  /** Null unless failed. Hansard wrote the message: it holds no content of the meeting. */
  readonly failure: { readonly type: string; readonly message: string } | null;
}

interface EndpointReady {
  readonly state: 'running';
  /** From the first look to this one; 0: the endpoint was awake. */
  readonly waitedMs: number;
}

export type WorkerLook =
  /** A worker takes calls to the target from its queue, or makes one. */
  | { readonly isServed: true }
  /** `lastTargetMs`: the patience with the last target of a chain. */
  | { readonly isServed: false; readonly lastTargetMs: number };

interface PostedWebhook {
  /** `withdrawn`: there is no such message any more, or it is replayed. */
  readonly state: 'waiting' | 'delivered' | 'dead' | 'withdrawn';
  /** Until the next attempt; 0: there is none. */
  readonly waitMs: number;
  readonly tries: number;
}

export interface WarmOutcome {
  readonly outcome: 'warm' | 'skipped' | 'cold';
  readonly status: number | null;
}

export interface SweptFacts {
  readonly releasedClaims: number;
  readonly inDoubt: number;
  readonly closedJobs: number;
  readonly deletedObjects: number;
  /** Of requests of the gateway. Absent: a worker of an earlier version swept. */
  readonly expiredRecords?: number;
  /** Absent, too. */
  readonly removedUploads?: number;
}
