/**
 * The ways in which one language says things in a meeting. Slots: `{name}`, `{plan}` (what a meeting decides to do),
 * `{option}` (what it chooses), `{thing}` (what it talks about), `{task}` (what a person does), `{due}`.
 */
export interface Phrasebook {
  readonly names: readonly string[];
  readonly plans: readonly string[];
  readonly options: readonly string[];
  readonly things: readonly string[];
  readonly tasks: readonly string[];
  /** What was said, and the day that it means on Monday 2 March 2026; null: no single day. */
  readonly dues: readonly (readonly [text: string, day: string | null])[];
  readonly decisions: readonly string[];
  readonly actions: readonly string[];
  readonly questions: readonly string[];
  /** What sounds like one of these and is none. Lists are said one after the other. */
  readonly distractors: readonly Distractor[];
  readonly facts: readonly string[];
}

export interface Distractor {
  readonly said: readonly string[];
  /** "We have not decided yet" decides nothing, and may well be listed as open. */
  readonly mayBeOpen?: true;
}

export const nothing = (...said: readonly string[]): Distractor => ({ said });
export const maybeOpen = (...said: readonly string[]): Distractor => ({ said, mayBeOpen: true });
