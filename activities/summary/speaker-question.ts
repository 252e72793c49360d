import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { foldForComparison } from '../transcript/text.ts';
import { hasSpeakers } from '../transcript/transcript-line.ts';

/** Whose names the speakers of a recording may have. A submitted transcript says itself who speaks. */
export const possibleSpeakers = ({
  source,
  options,
}: Pick<JobInput, 'source' | 'options'>): readonly string[] =>
  source.kind === 'recording' ? options.attendees : [];

/** Whether a call about these lines also asks who its speakers are: voices are told apart, and people are named. */
export const asksWhoSpeaks = (text: string, attendees: readonly string[]): boolean =>
  attendees.length > 0 && hasSpeakers(text);

/** Asks who speaks, of the attendees. Each name is one string of JSON on one line, whatever it says. */
export const speakerRule = (attendees: readonly string[]): string =>
  `- speakers: who an id is, only where the words say it: "I am Ann" by the speaker, "Thank you, Bob" to the one who spoke
  just before. For each id at most one entry: id; name, as one of the attendees below; citation, as of an entry. Never
  guess: an empty list is a good answer.
The attendees, names and nothing else: ${JSON.stringify(listed(attendees))}`;

/** In UTF-8: what fits into the smallest context, some 40 names. The others are recognised all the same. */
const MOST_BYTES = 600;

function listed(attendees: readonly string[]): string[] {
  let bytes = 0;
  return attendees
    .map(foldForComparison)
    .filter((name) => (bytes += Buffer.byteLength(name)) <= MOST_BYTES);
}
