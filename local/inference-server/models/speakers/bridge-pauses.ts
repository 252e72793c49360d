import type { SpeakerTurn } from './name-speakers.ts';

/**
 * Seconds. A pause of up to this length, in which nobody else speaks, belongs to the turn. People take breath for half a second in the
 * middle of a sentence, and whether such a pause is heard as speech depends on how much of the room's noise an encoding left in it.
 */
const PAUSE = 0.6;

/** Joins turns of one speaker over short pauses. `turns` are in order of their starts; so are those returned. */
export function bridgePauses(turns: readonly SpeakerTurn[]): SpeakerTurn[] {
  const bridged: SpeakerTurn[] = [];
  /** By speaker: where the latest turn stands, and when the speaker was last heard. */
  const latest = new Map<number, { readonly at: number; readonly end: number }>();
  for (const turn of turns) {
    const before = latest.get(turn.speaker);
    const isAlone = (since: number) =>
      [...latest].every(([speaker, { end }]) => speaker === turn.speaker || end <= since);
    const joins = before !== undefined && turn.start - before.end <= PAUSE && isAlone(before.end);
    const at = joins ? before.at : bridged.length;
    bridged[at] = { ...turn, start: bridged[at]?.start ?? turn.start };
    latest.set(turn.speaker, { at, end: turn.end });
  }
  return bridged;
}
