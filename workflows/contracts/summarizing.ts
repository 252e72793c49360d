import type { JobReference } from './jobs.ts';
import type { ItemFailure, PaidActivityInput } from './paid-activity.ts';

/* What the activities are given and give that make a summary of a transcript. */

/** One cut of the transcript into sections, made for one context size. */
export interface SectionsReference extends JobReference {
  /** 0: the first cut. Each next one halves the sections that were too large for every target. */
  readonly generation: number;
  /** Tokens of prompt and answer together that every target of the chain takes. */
  readonly contextTokens: number;
}
export interface CutSections extends SectionsReference {
  /** Sections of the previous generation to halve; empty in generation 0. */
  readonly halve: readonly number[];
}
export type SummarizeSection = PaidActivityInput &
  SectionsReference & {
    readonly section: number;
    /** Of the sections that `cutAhead` cut. */
    readonly ahead?: true;
  };
/** An accepted answer that is stored. */
export interface HeldAnswer {
  readonly target: string;
  readonly callKey: string;
}

/** The partial summaries of one level. */
export interface SummaryLevel extends SectionsReference {
  /** 0: those of the sections; n: those of the groups of level n - 1. */
  readonly level: number;
  readonly failedSections: readonly ItemFailure[];
}
export interface PlanReduction extends SummaryLevel {
  /**
   * Call keys of the accepted answers, by section or by group of the level below. Null: that one failed, or an older
   * history does not say. Absent in activities that an older workflow scheduled.
   */
  readonly answers?: Answers;
  /** How many parts of the answers, kept by `keepAnswers`, come before these; absent: none. */
  readonly parts?: number;
}
/** Call keys of accepted answers, by section or group. Null: it failed, or an older history does not say. */
export type Answers = readonly (string | null)[];
export interface KeepAnswers extends SectionsReference {
  readonly level: number;
  /** From 0. */
  readonly part: number;
  readonly answers: Answers;
}
export type ReduceSummaries = PaidActivityInput & SummaryLevel & { readonly group: number };

export interface AdoptEarlierSummary extends SectionsReference {
  readonly of:
    | { readonly kind: 'section'; readonly section: number }
    | ({ readonly kind: 'group' } & Pick<ReduceSummaries, 'level' | 'group' | 'failedSections'>);
}
export interface EarlierSummary {
  readonly target: string;
  /** ISO 8601. */
  readonly answeredAt: string;
  /** As in `PaidOutcome`. */
  readonly callKey?: string;
}

/** Enough to find the manifests of every level of the summary. At its own level only one partial summary is left. */
export interface Summarized extends SummaryLevel {
  /** `none`: there is no summary, and `failedSections` has one reason for the whole transcript. */
  readonly mode: 'model' | 'extractive' | 'none';
}
