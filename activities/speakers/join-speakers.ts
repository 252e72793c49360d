import type {
  ActionItem,
  HeardName,
  Minutes,
  Statement,
  Summary,
} from '../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';

/** By the id of a speaker, the speaker whose voice it was found to be. */
export type Joins = ReadonlyMap<string, string>;

/** Names and joins that the speakers of a job were given. */
export interface GivenSpeakers {
  readonly names: Readonly<Record<string, string>>;
  readonly joins: Joins;
  /** Where the meeting says one of the names; absent: people gave them all. */
  readonly heard?: readonly HeardName[];
}

export const NOBODY_NAMED: GivenSpeakers = { names: {}, joins: new Map() };

/** What is known of the speakers of minutes, by the ids that they have there. */
export const givenSpeakers = (minutes: Pick<Minutes, 'speakers'> | null): GivenSpeakers => ({
  heard: (minutes?.speakers ?? []).flatMap(({ id, heard }) => (heard ? [{ id, ...heard }] : [])),
  names: Object.fromEntries(
    (minutes?.speakers ?? []).flatMap(({ id, name }) => (name === null ? [] : [[id, name]])),
  ),
  joins: new Map(
    (minutes?.speakers ?? []).flatMap(({ id, joined = [] }) => joined.map((other) => [other, id])),
  ),
});

/** The minutes without the names that a run found in what was said: the next run finds them again, and maybe others. */
export const withoutHeardNames = <M extends Pick<Minutes, 'speakers'>>(minutes: M): M => ({
  ...minutes,
  speakers: minutes.speakers.map(({ heard, ...speaker }) =>
    heard?.name === speaker.name ? { ...speaker, name: null } : speaker,
  ),
});

/** The transcript in which each speaker that was joined to another one is that one. */
export const joinInTranscript = (transcript: Transcript, joins: Joins): Transcript => ({
  ...transcript,
  segments: transcript.segments.map((segment) => ({
    ...segment,
    speaker: joined(segment.speaker, joins),
  })),
});

/** The same for the speakers of citations and the owners of tasks. */
export const joinInSummary = <S extends Summary>(summary: S, joins: Joins): S => ({
  ...summary,
  keyPoints: cited(summary.keyPoints, joins),
  decisions: cited(summary.decisions, joins),
  openQuestions: cited(summary.openQuestions, joins),
  actionItems: cited(summary.actionItems, joins).map((item) => ({
    ...item,
    owner: joined(item.owner, joins),
  })),
  ...(summary.sections && {
    sections: summary.sections.map((section) => ({
      ...section,
      items: cited(section.items, joins),
    })),
  }),
});

const cited = <S extends Statement | ActionItem>(statements: readonly S[], joins: Joins): S[] =>
  statements.map((statement) => ({
    ...statement,
    citations: statement.citations.map((citation) => ({
      ...citation,
      speaker: joined(citation.speaker, joins),
    })),
  }));

const joined = (speaker: string | null, joins: Joins): string | null =>
  speaker === null ? null : (joins.get(speaker) ?? speaker);
