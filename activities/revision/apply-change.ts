import type { Change } from '../../workflows/contracts/revision.ts';
import { speakersOf } from '../minutes/compose-minutes.ts';
import {
  givenSpeakers,
  joinInSummary,
  joinInTranscript,
  type GivenSpeakers,
} from '../speakers/join-speakers.ts';
import { applyEdit } from './apply-edit.ts';
import type { Documents } from './documents.ts';
import { revisionRefused } from './revision-refused.ts';

/** A change that says itself what is changed in the documents: no model is asked. */
export type ChangeInWords = Exclude<Change, { readonly kind: 'resummarize' | 'approval' }>;

/** The documents with a person's change. Pure. Throws `RevisionRefused` if they do not have what is to be changed. */
export function applyChange(base: Documents, change: ChangeInWords): Documents {
  if (change.kind === 'edit') return applyEdit(base, change.edited);
  const given = givenSpeakers(base.minutes);
  requireSpeaker(base, change.speaker);
  if (change.kind === 'rename') {
    const names = { ...given.names, [change.speaker]: change.name };
    const heard = given.heard?.filter(({ id }) => id !== change.speaker) ?? [];
    return withSpeakers(base, { ...given, names, heard });
  }
  const { speaker, into } = change;
  requireSpeaker(base, into);
  if (speaker === into) throw revisionRefused(`${speaker} cannot be joined to itself`);
  // Who was joined to this speaker before goes along.
  const joins = new Map(
    [...given.joins, [speaker, into] as const].map(([one, other]) => [
      one,
      other === speaker ? into : other,
    ]),
  );
  const name = given.names[into] ?? given.names[speaker];
  const names = { ...given.names, ...(name !== undefined && { [into]: name }) };
  return withSpeakers(base, { ...given, names, joins });
}

function withSpeakers({ minutes, transcript }: Documents, given: GivenSpeakers): Documents {
  const joined = joinInTranscript(transcript, given.joins);
  return {
    transcript: joined,
    minutes: { ...joinInSummary(minutes, given.joins), speakers: speakersOf(joined, given) },
  };
}

function requireSpeaker({ minutes }: Documents, id: string): void {
  const ids = minutes.speakers.map((speaker) => speaker.id);
  if (ids.includes(id)) return;
  throw revisionRefused(
    ids.length === 0
      ? 'these minutes have no speakers: voices were not told apart'
      : `these minutes have no speaker ${id}: they have ${ids.join(', ')}`,
  );
}
