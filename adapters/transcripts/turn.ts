/** What was said in one turn or under one subtitle, in the order of the file. Texts are on one line and not empty. */
export interface Turn {
  /** Seconds; null: the file does not say. */
  readonly start: number | null;
  readonly end: number | null;
  /** The name that the file gives; null: none. */
  readonly speaker: string | null;
  readonly text: string;
}
