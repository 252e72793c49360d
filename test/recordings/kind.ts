import type { Piece, Workbench } from './workbench.ts';

/** A kind of recording: how its file is made, and what must become of it. */
export interface Kind {
  /** Of the file, within the workbench. */
  readonly file: string;
  /** In the default tests, too; the others run in the long form only. */
  readonly short?: boolean;
  /** Not mended yet, and why: the long form expects that it fails. */
  readonly knownFault?: string;
  readonly make: (at: Workbench) => Promise<void>;
  readonly expected: Outcome;
}

interface Outcome {
  /** The pieces that are spoken, and from when. */
  readonly words: readonly SpokenPiece[];
  /** Length of the recording, within half a second; what is known only of the file that was made. */
  readonly seconds: number | ((at: Workbench) => Promise<number>);
  /** What is not transcribed; none where nothing is said. */
  readonly gaps?: readonly ExpectedGap[];
  /** The file says that its end is missing. */
  readonly cut?: boolean;
  /** What each track hears, such as `1.2:1+3`: part, stream and channels. Not looked at where nothing is said. */
  readonly tracks?: readonly string[];
  /** Such as `1.2:1 silent`. Not looked at where nothing is said. */
  readonly leftOut?: readonly string[];
  /** Languages of the segments, in any order; a segment of mixed words may leave its own open. */
  readonly languages?: readonly string[];
}

export interface SpokenPiece {
  readonly piece: Piece;
  /** When it begins. */
  readonly at: number;
  /** What is said after that many seconds of the recording is missing, or what is said before. */
  readonly until?: number;
  readonly from?: number;
  /** The least share of its words; 0.85 where nothing is said. */
  readonly share?: number;
}

export interface ExpectedGap {
  readonly reason: string;
  /** Begins and ends within these seconds, and is no longer than `seconds`. */
  readonly within: readonly [start: number, end: number];
  readonly seconds: number;
}
