import type { Samples } from './chunk-plan.ts';
import type { JobReference } from './jobs.ts';
import type { PaidActivityInput, PaidOutcome } from './paid-activity.ts';

/* What the activities are given and give that make a transcript of a recording. */

/**
 * `chunkLimitSeconds`: the longest chunk that every target of the chain takes. `speakers`: the voices of one track are to
 * be told apart, which needs all of its audio; absent in older histories. `tellsReady`: the workflow wants to hear, by the
 * signal `chunksReady`, of chunks that are ready before the rest; absent in older histories.
 */
export type PrepareRecording = JobReference & {
  readonly chunkLimitSeconds: number;
  readonly speakers?: true;
  readonly tellsReady?: true;
};
/** The first chunks of a recording, which can be transcribed: their plan and their audio are stored. */
export interface ReadyChunks {
  /** A plan with at least these chunks. */
  readonly planKey: string;
  /** Where the audio of the chunks is; absent in older histories. */
  readonly scratch?: string;
  readonly chunks: number;
  readonly speechChunks: number;
}
/** All chunks are ready. */
export interface PreparedRecording extends ReadyChunks {
  readonly durationSeconds: number;
  /** Sounds that are transcribed apart, each with a speaker of its own where there are several; absent in older histories. */
  readonly tracks?: number;
}

export interface WindowOfChunks extends JobReference {
  readonly planKey: string;
  /** Chunk indexes from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
}
export interface ChunksToDo {
  /** Chunks with speech that have no stored answer yet. */
  readonly pending: readonly {
    readonly index: number;
    readonly start: number;
    readonly end: number;
  }[];
  /** Number of chunks with speech whose accepted answer is stored. */
  readonly held: number;
  /** The targets that gave those answers; absent in older histories. */
  readonly heldBy?: readonly string[];
  /** What those answers leave in doubt and nobody has answered again; absent in older histories. */
  readonly doubts?: readonly DoubtedStretch[];
}

/** A stretch of a chunk that its answer leaves in doubt: it is asked again on its own, once. */
export interface DoubtedStretch {
  /** Of the chunk. */
  readonly index: number;
  readonly stretch: Samples;
  /** Seconds of the recording. */
  readonly start: number;
  readonly end: number;
}

export type TranscribeChunk = PaidActivityInput &
  Pick<PreparedRecording, 'planKey' | 'scratch'> & {
    readonly index: number;
    /** Only this part of the chunk, in any language. */
    readonly stretch?: Samples;
  };
/** `doubts`: what the answer leaves in doubt; absent for a stretch, and in older histories. */
export type TranscribedChunk = PaidOutcome & { readonly doubts?: readonly DoubtedStretch[] };

export type DiarizeRecording = PaidActivityInput &
  Required<Pick<PreparedRecording, 'planKey' | 'scratch'>>;

/** What is heard of a recording. */
export interface HeardWindows {
  readonly planKey: string;
  /** How many are transcribed, from the first. */
  readonly windows: number;
  /** Call key of the answer that tells who spoke; absent: nobody was asked, or nobody answered. */
  readonly diarized?: string;
}
export type AssembleTranscript = JobReference & HeardWindows;
export interface TranscriptFacts {
  readonly language: string | null;
  readonly segments: number;
  readonly characters: number;
  readonly gaps: number;
}
