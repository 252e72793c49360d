import type { HeardName } from '../../workflows/contracts/minutes.ts';
import type { SpeakerClaim } from '../../workflows/contracts/summary-draft.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { createFindQuote } from '../summary/find-quote.ts';
import { onlySpeaker, toCitation } from '../summary/verify-citations.ts';
import { sentencesOf } from '../transcript/sentence-stream.ts';
import { findIntroduction, personNamed, saysName } from './self-introduction.ts';

/**
 * The names of speakers that the meeting itself says, each with the words that say it: of what models claim, and of how
 * people introduce themselves. A claim counts if its name is one attendee's, its quote is in the transcript, and the
 * name is in the quote. A speaker of whom two names are claimed gets none, and a person as whom two speakers are
 * claimed is neither. Pure.
 */
export function heardNames(
  transcript: Transcript,
  claims: readonly SpeakerClaim[],
  {
    attendees,
    names,
  }: {
    readonly attendees: readonly string[];
    /** That speakers have already: they stay, and nobody else is given them. */
    readonly names: Readonly<Record<string, string>>;
  },
): HeardName[] {
  if (attendees.length === 0) return [];
  const speakers = new Set(transcript.segments.flatMap(({ speaker }) => speaker ?? []));
  if (speakers.size === 0) return [];
  const findQuote = createFindQuote(transcript);
  const heard = [...introductions(transcript, attendees), ...claims].flatMap((claim) => {
    const id = claim.id.trim().toUpperCase();
    const name = personNamed(claim.name, attendees);
    const citation = toCitation(claim.citation, findQuote);
    if (!speakers.has(id) || name === null || citation === null) return [];
    return bears(transcript, citation, { id, name }) ? [{ id, name, citation }] : [];
  });
  return heard
    .filter(({ id }, index) => heard.findIndex((one) => one.id === id) === index)
    .filter(({ id, name }) => {
      const isTaken = Object.entries(names).some(
        ([other, given]) => other === id || personNamed(given, [name]) !== null,
      );
      return !isTaken && heard.every((one) => (one.id === id) === (one.name === name));
    });
}

/** The names that speakers have, and those that were heard of the others. A name that somebody has is nobody else's. */
export function withHeardNames<G extends { readonly names: Readonly<Record<string, string>> }>(
  given: G & { readonly joins?: ReadonlyMap<string, string> },
  found: readonly HeardName[],
): G & { readonly heard: readonly HeardName[] } {
  const placed = found.map((one) => ({ ...one, id: given.joins?.get(one.id) ?? one.id }));
  const taken = new Set(Object.values(given.names));
  const heard = placed.filter(
    ({ id, name }) =>
      given.names[id] === undefined &&
      !taken.has(name) &&
      placed.every((one) => one.id !== id || one.name === name),
  );
  const names = Object.fromEntries(heard.map(({ id, name }) => [id, name]));
  return { ...given, names: { ...names, ...given.names }, heard };
}

/** "I am Ann" is said by Ann, and nobody else addresses themselves by name. */
function bears(
  { segments }: Transcript,
  { quote, speaker, segmentIds }: HeardName['citation'],
  { id, name }: Pick<HeardName, 'id' | 'name'>,
): boolean {
  if (!saysName(quote, name)) return false;
  const introduces = findIntroduction(quote, [name]) !== null;
  if (introduces) return speaker === id;
  if (speaker !== id) return true;
  const language = segments.find((segment) => segment.id === segmentIds[0])?.language ?? null;
  return language !== null && !INTRODUCTIONS_KNOWN.has(language);
}

/** The languages in which rules know how people introduce themselves. */
const INTRODUCTIONS_KNOWN: ReadonlySet<string> = new Set(['en', 'zh', 'de', 'fr', 'es']);

function introductions(
  { segments, language }: Transcript,
  attendees: readonly string[],
): SpeakerClaim[] {
  const speakerOf = new Map<string, Segment['speaker']>(
    segments.map(({ id, speaker }) => [id, speaker]),
  );
  return sentencesOf(segments, language).flatMap(({ text, segmentIds }) => {
    const found = findIntroduction(text, attendees);
    const id = onlySpeaker(segmentIds.map((one) => ({ speaker: speakerOf.get(one) ?? null })));
    if (found === null || id === null) return [];
    const citation = { segmentIds: [...segmentIds], quote: found.words };
    return [{ id, name: found.person, citation }];
  });
}
