import type { ItemFailure } from './paid-activity.ts';
import type { PreparedRecording, TranscriptFacts } from './transcribing.ts';
import type { RevisionReference, StartedJob, StartedRevision } from './activities.ts';
import type { DegradationReason } from './degradation-reason.ts';
import type { JobReference, Progress } from './jobs.ts';
import type { JobKind } from './names.ts';
import type { TargetFailure } from './targets.ts';

/** What a workflow that continues as new takes. */
export interface ContinuedInput {
  /** Where the run before this one ended, if the job continues as new. */
  readonly state?: MinutesState;
}

/** The argument of the `minutes` workflow. */
export interface MinutesInput extends JobReference, ContinuedInput {
  readonly kind: JobKind;
  /** Digest of the recording: the key prefix of everything derived from it. */
  readonly sourceSha256: string;
}

/** The argument of the `revise` workflow. */
export interface RevisionInput extends RevisionReference, ContinuedInput {}

/**
 * What one run of a job hands to the next when the job continues as new: keys and counters, so that its size does not
 * depend on the length of the recording. All of it begins a history, which a later version of the workflows reads: it
 * grows by optional fields only.
 */
interface MinutesState {
  readonly results: StageResults;
  readonly position: StagePosition;
  readonly progress: ProgressState;
}

/** What the stages gave so far. A stage whose result is here is over. */
export interface StageResults {
  readonly started?: StartedJob;
  readonly revision?: StartedRevision;
  /** A person has seen what a summary will cost, and wants it. */
  readonly confirmed?: true;
  readonly prepared?: PreparedRecording;
  /** Of who spoke, which is found beside the transcription and may be known before it. */
  readonly diarized?: Diarized;
  /** `diarized`: the call key of the answer that tells who spoke; absent where there is none. */
  readonly transcribed?: { readonly windows: number; readonly diarized?: string };
  readonly transcript?: TranscriptFacts;
}

/** The call key of the answer that tells who spoke, or why there is none. */
export type Diarized =
  | { readonly callKey: string; readonly missing: null }
  | { readonly callKey: null; readonly missing: DegradationReason };

/** Where the stage is that the run ended in; it waits for no call. */
export interface StagePosition {
  readonly transcribe?: TranscribePosition;
  readonly summarize?: SummarizePosition;
}

interface TranscribePosition {
  readonly chain: ChainMemory;
  readonly window: number;
  /** Chunks that failed in the windows before. */
  readonly failed: number;
  /** Chunks that were done before this window. */
  readonly done: number;
  /** The chunks of this window that failed: they are not asked for again. */
  readonly failures: readonly ItemFailure[];
  /** The stretches of this window that nobody could answer when they were asked again, by `stretchName`. */
  readonly unanswered: readonly string[];
  /** Of the sections that are summarised meanwhile; absent: none was yet. */
  readonly ahead?: AheadPosition;
}

export interface AheadPosition {
  readonly chain: ChainMemory;
  /** The first section that was not asked for. */
  readonly next: number;
  /** A target failed: the stage asks for the rest. */
  readonly isOver: boolean;
}

export interface SummarizePosition {
  readonly chain: ChainMemory;
  readonly generation: number;
  readonly round: SummaryRound;
  /** Of the sections, once they are joined. */
  readonly failedSections: readonly ItemFailure[];
}

/** The calls of one level of a summary: those of the sections, or those of groups of partial summaries. */
export interface SummaryRound {
  /** Of the answers. 0: the sections. */
  readonly level: number;
  /** How many calls the round has. */
  readonly total: number;
  /** The first that was not made yet. */
  readonly from: number;
  /** How many parts of the answers before that `keepAnswers` has stored. */
  readonly parts: number;
  readonly failures: readonly ItemFailure[];
  /** The first failure, with its message. */
  readonly first: TargetFailure | null;
  /** The first failure that concerns the other calls too. */
  readonly ended: TargetFailure | null;
}

/** What a chain of targets has learnt. */
export interface ChainMemory {
  /** The target that items start with. */
  readonly current: number;
  /** When the target before it was last asked; milliseconds since 1970. */
  readonly probedAt: number;
  /** The pairs of targets whose fallback was told. */
  readonly told: readonly string[];
  /** The failure that ended the last target. */
  readonly end: TargetFailure | null;
}

/** Its parts that the `progress` query answers, and what it does not show. */
export interface ProgressState extends Pick<
  Progress,
  'stage' | 'stages' | 'chunks' | 'sections' | 'degradations'
> {
  /** How many degradations there were when the stage began. */
  readonly before: number;
  /** Which run of the job it is, from 1. */
  readonly run: number;
}
