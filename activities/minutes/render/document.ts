/**
 * The document that every export is rendered from. Its texts are printable already (no control characters, no
 * bidirectional overrides) and on one line; escaping is each renderer's own.
 */
export interface Document {
  readonly title: string;
  /** ISO 639-1 of the content. */
  readonly language: string;
  /** Facts under the title: date, length, language, file. */
  readonly facts: readonly string[];
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string }
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
  | { readonly kind: 'transcript'; readonly lines: readonly TranscriptLine[] };

interface Fact {
  readonly name: string;
  readonly values: readonly string[];
  /** A long row of digits, to be set small. */
  readonly digest?: boolean;
}

/** A statement with what bears it out. */
export interface Remark {
  readonly text: string;
  /** Shown less strongly: what nobody said, such as a missing owner. */
  readonly quiet?: boolean;
  readonly sources?: readonly Source[];
  /** "not verified"; absent where there is nothing to say against it. */
  readonly flag?: string;
}

export interface Source {
  /** The time, or the segment's id where the transcript has no times. */
  readonly label: string;
  readonly quote: string;
  /** Segment id to jump to. */
  readonly segmentId: string;
}

export interface TranscriptLine {
  readonly id: string;
  /** Null where the transcript has no times. */
  readonly time: string | null;
  readonly speaker: string | null;
  /** Null where it is the document's own. */
  readonly language: string | null;
  readonly text: string;
  /** Whether a source points here. */
  readonly cited: boolean;
}
