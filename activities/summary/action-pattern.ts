/** One way of giving a task. The groups of the pattern: `owner`, `verb` (the last words of the match that belong to the task). */
export interface ActionPattern {
  readonly pattern: RegExp;
  /** @param sentence without quotations */
  readonly accepts: (match: RegExpExecArray, sentence: string) => boolean;
}
