import type { Citation, Minutes } from '../../../workflows/contracts/minutes.ts';
import {
  itemsOf,
  type ItemList,
  type MinutesItem,
} from '../../../workflows/contracts/minutes-items.ts';
import type { Segment } from '../../../workflows/contracts/transcript.ts';
import type { CitedSegment, ExplainedItem, ExplainedSentence, Heard } from './explanation.ts';
import type { Version } from './read-version.ts';
import { sourceSentences } from './summary-sources.ts';
import { createWrittenBy } from './written-by.ts';

/** Explains the items of a version: all but the calls, which it names by their keys. */
export function createExplainItem(version: Version) {
  const { minutes, transcript } = version;
  const segments = new Map(transcript.segments.map((segment) => [segment.id, segment]));
  const names = new Map(minutes.speakers.map(({ id, name }) => [id, name]));
  const place = createPlace(version);
  const writtenBy = createWrittenBy(version);

  const cited = (citation: Citation): ExplainedItem['citations'][number] => {
    const { quote, start, end, speaker, segmentIds } = citation;
    return {
      quote,
      start,
      end,
      speaker: speaker === null ? null : { id: speaker, name: names.get(speaker) ?? null },
      segments: segmentIds.flatMap((id) => {
        const segment = segments.get(id);
        return segment === undefined ? [] : [place(segment)];
      }),
    };
  };

  const sentencesOf = (summary: string): ExplainedSentence[] => {
    const items = new Map(itemsOf(minutes).map((item) => [item.id, item]));
    const statements = [...items.values()].map(({ id, statement }) => ({
      id,
      text: [
        'task' in statement ? statement.task : statement.text,
        'task' in statement ? (ownerOf(statement.owner, names) ?? '') : '',
        ...statement.citations.map(({ quote }) => quote),
      ].join('\n'),
    }));
    const from = { statements, segments: transcript.segments };
    return sourceSentences(summary, minutes.language, from).map((sentence, index) => ({
      number: index + 1,
      text: sentence.text,
      statements: [...sentence.statements],
      citations: [
        ...sentence.statements.flatMap((id) => items.get(id)?.statement.citations ?? []),
        ...sentence.segments.flatMap((id) => wholeSegment(segments.get(id))),
      ].map(cited),
    }));
  };

  return {
    summary: (text: string): ExplainedItem => ({
      ...NOTHING,
      sentences: sentencesOf(text),
      id: 'summary',
      kind: 'summary',
      text,
      written: writtenBy('summary', text, []),
    }),
    item: ({ id, list, section, statement }: MinutesItem): ExplainedItem => {
      const { citations, verified, unsupported, lacks = [], notFound = [] } = statement;
      return {
        ...NOTHING,
        id,
        kind: KINDS[list],
        section,
        ...('task' in statement
          ? {
              text: statement.task,
              owner: ownerOf(statement.owner, names),
              due: statement.due,
              dueText: statement.dueText,
            }
          : { text: statement.text }),
        verified,
        isUnsupported: unsupported === true,
        lacks,
        notFound,
        citations: citations.map(cited),
        written: writtenBy(
          KINDS[list],
          statement,
          citations.flatMap(({ segmentIds }) => segmentIds),
        ),
      };
    },
  };
}

const wholeSegment = (segment: Segment | undefined): Citation[] => {
  if (segment === undefined) return [];
  const { id, start, end, speaker, text } = segment;
  return [{ quote: text, start, end, speaker, segmentIds: [id] }];
};

const KINDS = {
  keyPoints: 'keyPoint',
  decisions: 'decision',
  actionItems: 'actionItem',
  openQuestions: 'openQuestion',
  sections: 'section',
} as const satisfies Record<ItemList | 'sections', ExplainedItem['kind']>;

const NOTHING = {
  section: null,
  owner: null,
  due: null,
  dueText: null,
  verified: null,
  isUnsupported: false,
  lacks: [],
  notFound: [],
  citations: [],
} satisfies Partial<ExplainedItem>;

/** A speaker's name where the owner is a speaker. */
const ownerOf = (owner: string | null, names: ReadonlyMap<string, string | null>): string | null =>
  owner === null ? null : (names.get(owner) ?? owner);

/** Every call that an item names, in the order of its way: who heard the words, then who wrote the statement. */
export const callKeysOf = ({ citations, sentences = [], written }: ExplainedItem): string[] => [
  ...[...citations, ...sentences.flatMap((sentence) => sentence.citations)].flatMap(
    ({ segments }) => segments.flatMap(({ heard }) => heard?.callKey ?? []),
  ),
  ...written.from,
  ...(written.callKey === null ? [] : [written.callKey]),
];

/** Finds where in its recording a segment was heard. */
function createPlace({ minutes, provenance }: Version): (segment: Segment) => CitedSegment {
  const { source, sound } = minutes;
  const chunks = new Map(provenance?.recording?.chunks.map((chunk) => [chunk.index, chunk]));

  const heardIn = ({ chunk: index, again, start }: Segment): Heard | null => {
    const chunk = index === undefined ? undefined : chunks.get(index);
    if (chunk === undefined) return null;
    const answer = again === undefined ? chunk : chunk.again[again];
    const tracks = sound?.tracks ?? [];
    return {
      chunk: chunk.index,
      of: provenance?.recording?.planned ?? chunks.size,
      start: chunk.start,
      end: chunk.end,
      offset: start === null ? null : milliseconds(Math.max(0, start - chunk.start)),
      track:
        tracks.length > 1
          ? { number: chunk.track, of: tracks.length, heard: tracks[chunk.track - 1] ?? [] }
          : null,
      callKey: (answer ?? chunk).callKey,
    };
  };

  return (segment) => ({
    id: segment.id,
    start: segment.start,
    end: segment.end,
    text: segment.text,
    mayBeInvented: segment.mayBeInvented === true,
    file: source.kind === 'transcript' ? null : fileAt(source, segment.start),
    heard: heardIn(segment),
  });
}

/** Of joined files the one that plays at this time of the recording. */
function fileAt({ name, files = [] }: Minutes['source'], time: number | null) {
  const file = time === null ? undefined : files.findLast(({ start }) => start <= time);
  if (time === null || file === undefined) return { name, start: time };
  return { name: file.name, start: milliseconds(time - file.start) };
}

const milliseconds = (time: number): number => Math.round(time * 1000) / 1000;
