import type { Degradation, JobReference } from './jobs.ts';
import type { Chains, PipelineRole, RecordedTarget } from './targets.ts';

/**
 * The port between workflows, which decide, and activities, which act: one line per activity, one interface per kind
 * of queue. Arguments and results are keys, indexes, counts and times; texts, names and bytes are in S3.
 */
export interface Activities
  extends IoActivities, EndpointActivities, MediaActivities, PaidActivities {}

/** Queue `io`. */
export interface IoActivities {
  readonly startJob: (input: StartJob) => Promise<StartedJob>;
  readonly lookUpChunks: (input: WindowOfChunks) => Promise<ChunksToDo>;
  readonly closeWindow: (input: CloseWindow) => Promise<WindowFacts>;
  readonly assembleTranscript: (input: AssembleTranscript) => Promise<TranscriptFacts>;
  readonly cutSections: (input: CutSections) => Promise<SectionFacts>;
  readonly planReduction: (input: PlanReduction) => Promise<ReductionFacts>;
  readonly adoptEarlierSummary: (input: AdoptEarlierSummary) => Promise<EarlierSummary | null>;
  readonly concludeSummary: (input: Summarized) => Promise<SummaryFacts>;
  readonly renderMinutes: (input: RenderMinutes) => Promise<RenderedFacts>;
  readonly publishMinutes: (input: PublishMinutes) => Promise<void>;
  readonly closeJob: (input: CloseJob) => Promise<void>;
  readonly sweepAbandoned: () => Promise<SweptFacts>;
}

/** Queue `io` too, with the time that an endpoint takes to wake. */
export interface EndpointActivities {
  readonly ensureEndpointReady: (input: EnsureEndpointReady) => Promise<EndpointReady>;
}

/** Queue `media`. */
export interface MediaActivities {
  readonly prepareRecording: (input: PrepareRecording) => Promise<PreparedRecording>;
  readonly assessPicture: (input: PictureReference) => Promise<{ readonly quality: number }>;
  readonly publishPicture: (input: PublishPicture) => Promise<PublishedPicture>;
}

/** Queues `paid.{target}`. */
export interface PaidActivities {
  readonly transcribeChunk: (input: TranscribeChunk) => Promise<PaidOutcome>;
  readonly summarizeSection: (input: SummarizeSection) => Promise<PaidOutcome>;
  readonly reduceSummaries: (input: ReduceSummaries) => Promise<PaidOutcome>;
  readonly drawPicture: (input: DrawPicture) => Promise<DrawnPicture>;
  readonly moderatePicture: (input: ModeratePicture) => Promise<PictureVerdict>;
  readonly warmTarget: (input: { readonly target: string }) => Promise<WarmOutcome>;
}

export interface StartJob extends JobReference {
  readonly runId: string;
}
export interface StartedJob {
  readonly chains: Chains;
  readonly image: boolean;
  /** ISO 639-1 as the user said it; null: to be detected. */
  readonly language: string | null;
  /** How often an earlier target is probed; absent in histories that are older than this field. */
  readonly probeMs?: number;
}

export interface PrepareRecording extends JobReference {
  /** Longest chunk every target of the chain takes. */
  readonly chunkLimitSeconds: number;
}
export interface PreparedRecording {
  readonly planKey: string;
  readonly durationSeconds: number;
  readonly chunks: number;
  readonly speechChunks: number;
}

export interface WindowOfChunks extends JobReference {
  readonly planKey: string;
  /** Chunk indexes from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
}
export interface ChunksToDo {
  /** Chunks with speech whose answer is not stored yet. */
  readonly pending: readonly {
    readonly index: number;
    readonly start: number;
    readonly end: number;
  }[];
  /** Chunks with speech whose accepted answer we hold. */
  readonly held: number;
  /** The targets that gave those answers; absent in histories that are older than this field. */
  readonly heldBy?: readonly string[];
}

/** What every paid activity is told beside its item. */
export interface PaidActivityInput extends JobReference {
  readonly target: RecordedTarget;
  /** True where no other target follows: its patience is hours, not minutes. */
  readonly last: boolean;
}
export interface PaidOutcome {
  /** The target whose answer stands; another than the one asked where an accepted answer was held. */
  readonly target: string;
  /** True where no call was made. */
  readonly reused: boolean;
}

export interface TranscribeChunk extends PaidActivityInput {
  readonly planKey: string;
  readonly index: number;
}

export interface ItemFailure {
  readonly index: number;
  /** A verdict or a failure type. */
  readonly reason: string;
}
export interface CloseWindow extends WindowOfChunks {
  readonly failures: readonly ItemFailure[];
}
export interface WindowFacts {
  readonly transcribed: number;
  readonly failed: number;
}

export interface AssembleTranscript extends JobReference {
  readonly planKey: string;
  readonly windows: number;
}
export interface TranscriptFacts {
  readonly language: string | null;
  readonly segments: number;
  readonly characters: number;
  readonly gaps: number;
}

/** Which cut of the transcript is meant, and for how large a context it was made. */
export interface SectionsReference extends JobReference {
  /** 0: the first cut; each next one halves the sections that were still too large for a provider. */
  readonly generation: number;
  /** Tokens of prompt and answer that every target of the chain takes. */
  readonly contextTokens: number;
}
export interface CutSections extends SectionsReference {
  /** Sections of the generation before that must be halved; empty in generation 0. */
  readonly halve: readonly number[];
}
export interface SectionFacts {
  readonly sections: readonly { readonly start: number | null; readonly end: number | null }[];
}
export interface SummarizeSection extends PaidActivityInput, SectionsReference {
  readonly section: number;
}

export interface PlanReduction extends SectionsReference {
  /** 0: the partial summaries are those of the sections. */
  readonly level: number;
  readonly failedSections: readonly ItemFailure[];
}
export interface ReductionFacts {
  /** Number of reducing calls of this level; 0: one partial summary is left, which is the summary. */
  readonly groups: number;
}
export interface ReduceSummaries extends PaidActivityInput, SectionsReference {
  readonly level: number;
  readonly group: number;
  readonly failedSections: readonly ItemFailure[];
}

export interface AdoptEarlierSummary extends SectionsReference {
  readonly of:
    | { readonly kind: 'section'; readonly section: number }
    | {
        readonly kind: 'group';
        readonly level: number;
        readonly group: number;
        readonly failedSections: readonly ItemFailure[];
      };
}
export interface EarlierSummary {
  readonly target: string;
  /** ISO 8601. */
  readonly answeredAt: string;
}

export interface SummaryFacts {
  readonly statements: number;
  readonly verified: number;
}

export interface DrawPicture extends PaidActivityInput {
  /** 0, 1, …: another seed each. */
  readonly attempt: number;
}
export interface DrawnPicture extends PaidOutcome {
  readonly sha256: string;
}
export interface PictureReference extends JobReference {
  readonly sha256: string;
}
export interface ModeratePicture extends PaidActivityInput {
  readonly sha256: string;
}
export interface PictureVerdict extends PaidOutcome {
  readonly verdict: 'safe' | 'held' | 'blocked';
}
export interface PublishPicture extends PictureReference {
  readonly attempt: number;
  readonly quality: number;
}
export interface PublishedPicture {
  /** As `publishPicture` read it itself; anything but safe stays in quarantine. */
  readonly verdict: 'safe' | 'held' | 'blocked';
  readonly key: string | null;
}

/** What the summary is made of: enough to find every answer behind it. */
export interface Summarized extends SectionsReference {
  readonly mode: 'model' | 'extractive';
  /** The level at which a single partial summary is left: the summary. */
  readonly level: number;
  readonly failedSections: readonly ItemFailure[];
}

export interface RenderMinutes extends JobReference {
  readonly summarized: Summarized;
  readonly planKey: string;
  readonly windows: number;
  readonly chains: Readonly<Record<PipelineRole, readonly string[]>>;
  readonly degradations: readonly Degradation[];
  readonly picture: {
    readonly sha256: string;
    readonly attempt: number;
    readonly quality: number;
    readonly verdict: 'safe' | 'held' | 'blocked';
    readonly key: string | null;
  } | null;
}
export interface RenderedFacts {
  readonly result: 'complete' | 'partial';
  readonly minutesKey: string;
  readonly degradations: number;
}

export interface PublishMinutes extends JobReference {
  readonly minutesKey: string;
}

export interface CloseJob extends JobReference {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly result: 'complete' | 'partial' | null;
  /** Null unless failed. The message is Hansard's own: no meeting content is in it. */
  readonly failure: { readonly type: string; readonly message: string } | null;
}

/** Before a target with `managed` is asked again: its endpoint is woken and waited for. */
export interface EnsureEndpointReady extends JobReference {
  readonly target: RecordedTarget;
  /** True where no other target follows: its patience is hours, not minutes. */
  readonly last: boolean;
}
export interface EndpointReady {
  readonly state: 'running';
  /** Of this attempt; 0: the endpoint was awake. */
  readonly waitedMs: number;
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
}
