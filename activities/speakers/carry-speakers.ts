import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { givenSpeakers, type GivenSpeakers } from './join-speakers.ts';
import { sharedTime } from './shared-time.ts';

/** A version of the minutes whose speakers people named and joined. */
interface HeldSpeakers {
  readonly minutes: {
    readonly speakers: Minutes['speakers'];
    readonly source: Pick<Minutes['source'], 'kind'>;
  };
  readonly transcript: Transcript;
}

/**
 * What people said of the speakers of a version, for a transcript of the same recording that was made anew. Its ids may
 * be other people's: they number who speaks first, and a part that failed before may be there now. So a speaker is
 * known by when it speaks. It is the held speaker with whom it shares most of the time that both transcripts have, if
 * that is most of the held speaker's, too; whoever is in doubt has no name. Where a transcript was submitted, both have
 * the same ids.
 *
 * @param transcript without joins
 */
export function carrySpeakers(
  { minutes, transcript: held }: HeldSpeakers,
  transcript: Transcript,
): GivenSpeakers {
  const given = givenSpeakers(minutes);
  if (minutes.source.kind === 'transcript') return given;
  const shared = sharedTime(transcript.segments, held.segments);
  const names: Record<string, string> = {};
  const joins = new Map<string, string>();
  for (const { id, name, joined = [] } of minutes.speakers) {
    const mostly = [...shared].flatMap(([speaker, row]) => {
      const seconds = row.get(id) ?? 0;
      return speaker !== null && isMost(seconds, row.values()) ? [{ speaker, seconds }] : [];
    });
    // One for each voice that people found to be this speaker.
    const same = mostly.toSorted((a, b) => b.seconds - a.seconds).slice(0, 1 + joined.length);
    const together = same.reduce((sum, { seconds }) => sum + seconds, 0);
    const heldSeconds = [...shared.values()].map((row) => row.get(id) ?? 0);
    if (same.length === 0 || !isMost(together, heldSeconds)) continue;
    const ids = same.map(({ speaker }) => speaker);
    const into = ids.find((speaker) => speaker === id) ?? ids[0] ?? id;
    if (name !== null) names[into] = name;
    for (const speaker of ids) if (speaker !== into) joins.set(speaker, into);
  }
  return { names, joins };
}

/** More than half. Sums of the same seconds in another order differ a little. */
function isMost(part: number, parts: Iterable<number>): boolean {
  let whole = 0;
  for (const each of parts) whole += each;
  return part > whole / 2 + 1e-6;
}
