/**
 * The document that every export is rendered from. Its texts are printable (no control characters, no bidirectional
 * overrides) and on one line. Each renderer does its own escaping.
 */
export interface Document {
  readonly title: string;
  /** ISO 639-1 of the content. */
  readonly language: string;
  /** Facts under the title: date, length, language, file. */
  readonly facts: readonly string[];
  /** The line under them, which says how far the document can be relied on. */
  readonly glance: Glance;
  readonly blocks: readonly Block[];
}

export interface Glance {
  /** No part of the recording or of the transcript is missing. */
  readonly isComplete: boolean;
  /** "Complete" or "Partial". */
  readonly status: string;
  /** The same with the state of the approval, for the head of every page. */
  readonly running: string;
  /** How much was heard, who wrote it, how many statements are verified. */
  readonly facts: readonly string[];
}

export type Block =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string }
  /** Stands above a part of what its heading has. */
  | { readonly kind: 'subheading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string; readonly tone: 'plain' | 'quiet' }
  | { readonly kind: 'list'; readonly items: readonly Remark[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Remark[])[];
    }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  | { readonly kind: 'figure'; readonly alternative: string; readonly caption: string }
  | {
      readonly kind: 'note';
      readonly tone: 'warning' | 'remark';
      readonly title: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'transcript'; readonly lines: readonly PrintedSegment[] };

interface Fact {
  readonly name: string;
  readonly values: readonly string[];
  /** A long row of digits, set in small type. */
  readonly digest?: boolean;
}

/** A statement with its sources. */
export interface Remark {
  /** As `itemId` has it, shown in small type: `explain` takes it. Absent: no statement of the minutes. */
  readonly id?: string;
  readonly text: string;
  /** Shown in a softer colour: a missing value, such as "no owner named". */
  readonly quiet?: boolean;
  readonly sources?: readonly Source[];
  /** "not verified" or "may be invented"; absent: neither. */
  readonly flag?: string;
}

export interface Source {
  /** The time, or the segment's id if the transcript has no times. */
  readonly label: string;
  readonly quote: string;
  /** Segment id to jump to. */
  readonly segmentId: string;
  /** Seconds of the recording; null: not known. */
  readonly at: number | null;
}

export interface PrintedSegment {
  readonly id: string;
  /** Null: the transcript has no times. */
  readonly time: string | null;
  /** The same in seconds of the recording. */
  readonly at: number | null;
  readonly speaker: string | null;
  /** Null: the language of the document. */
  readonly language: string | null;
  readonly text: string;
  /** True if a source points here. */
  readonly cited: boolean;
  /** "may be invented"; absent: nothing speaks against it. */
  readonly flag?: string;
}
