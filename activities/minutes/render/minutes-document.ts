import { clock } from '../../../workflows/contracts/clock.ts';
import type { Citation, Minutes, Statement } from '../../../workflows/contracts/minutes.ts';
import { itemId, sectionItemId } from '../../../workflows/contracts/minutes-items.ts';
import type { List } from '../../../workflows/contracts/template.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { statementsOf } from '../../summary/statements-of.ts';
import { aboutMinutes } from './about-minutes.ts';
import type { Block, Document, Remark, Source } from './document.ts';
import { glanceAt, isPickedByRules, returnedBy } from './glance.ts';
import { phrasesFor, type Phrases } from './phrases.ts';
import { printable, printableLine } from './printable.ts';
import { shortcomings } from './shortcomings.ts';
import { speakerNames } from './speaker-names.ts';

/**
 * Minutes and transcript as one document: first who attended and what is missing, then what was said, how the minutes were made, and
 * last the transcript. `picture`: the illustration is available; it is shown only if its verdict is safe.
 */
export function minutesDocument(
  minutes: Minutes,
  transcript: Transcript,
  options: { readonly picture: boolean },
): Document {
  const phrases = phrasesFor(minutes.language);
  const sourcesOf = sourceFinder(transcript);
  const flagOf = flagFinder(transcript, phrases);
  const isWanted = (list: List): boolean => minutes.template.lists?.includes(list) ?? true;
  const isByRules = isPickedByRules(minutes);
  const hasTimes = transcript.segments.some(({ start }) => start !== null);
  const evidence = hasTimes ? phrases.evidence : phrases.source;
  const statements = (
    id: string,
    heading: string,
    items: readonly Statement[],
    idOf: (index: number) => string,
    none = phrases.noneRecorded,
  ): Block[] => [
    { kind: 'heading', id, text: heading },
    ...(items.length === 0
      ? [quiet(none)]
      : unverifiedApart(items, idOf, phrases, (some) => ({
          kind: 'list',
          items: some.map(({ id, item }) => ({
            id,
            text: printableLine(item.text),
            sources: sourcesOf(item.citations),
            ...flagOf(item),
          })),
        }))),
  ];
  return {
    title: printableLine(minutes.title),
    language: languageTag(minutes.language) ?? phrases.language,
    facts: factsOf(minutes, phrases),
    glance: glanceAt(minutes, phrases),
    blocks: [
      ...attended(minutes, phrases),
      ...spoke(minutes, phrases),
      ...returned(minutes, phrases),
      ...shortcomings(minutes, phrases),
      ...picture(minutes, phrases, options.picture),
      { kind: 'heading', id: 'summary', text: phrases.summary },
      ...summary(minutes.summary, phrases),
      ...minutes.sections.flatMap(({ title, items, unwritten }, section) =>
        statements(
          `section-${section + 1}`,
          printableLine(title),
          items,
          (index) => sectionItemId(section, index),
          unwritten && (isByRules ? phrases.unwrittenByRules : phrases.unwritten),
        ),
      ),
      ...(isWanted('keyPoints')
        ? statements('key-points', phrases.keyPoints, minutes.keyPoints, (index) =>
            itemId('keyPoints', index),
          )
        : []),
      ...(isWanted('decisions')
        ? statements('decisions', phrases.decisions, minutes.decisions, (index) =>
            itemId('decisions', index),
          )
        : []),
      ...(isWanted('actionItems')
        ? [
            { kind: 'heading', id: 'action-items', text: phrases.actionItems } as const,
            ...actionItems(minutes, phrases, { sourcesOf, flagOf, evidence }),
          ]
        : []),
      ...(isWanted('openQuestions')
        ? statements('open-questions', phrases.openQuestions, minutes.openQuestions, (index) =>
            itemId('openQuestions', index),
          )
        : []),
      ...aboutMinutes(minutes, phrases),
      { kind: 'heading', id: 'transcript', text: phrases.transcript },
      transcriptBlock(minutes, transcript, phrases),
    ],
  };
}

const quiet = (text: string): Block => ({ kind: 'paragraph', text, tone: 'quiet' });

function factsOf(minutes: Minutes, phrases: Phrases): string[] {
  const date = minutes.date === null ? null : phrases.day(minutes.date);
  const names = new Intl.DisplayNames(phrases.locale, { type: 'language' });
  const languages = minutes.languages.flatMap((language) => {
    const tag = languageTag(language);
    return tag === null ? [] : [names.of(tag) ?? tag];
  });
  return [
    // A generated title contains the date already.
    ...(date === null || minutes.title.includes(date) ? [] : [date]),
    // A transcript may have no times.
    ...(minutes.durationSeconds > 0 ? [phrases.duration(minutes.durationSeconds)] : []),
    ...(languages.length === 0 ? [] : [phrases.list(languages)]),
    printableLine(minutes.source.name),
  ];
}

function attended({ attendees = [] }: Minutes, phrases: Phrases): Block[] {
  const names = attendees.map(printableLine).filter((name) => name !== '');
  if (names.length === 0) return [];
  const text = `${phrases.attendees}${phrases.colon}${phrases.list(names)}`;
  return [{ kind: 'paragraph', text, tone: 'plain' }];
}

/** Who spoke, and for how long. */
function spoke(minutes: Minutes, phrases: Phrases): Block[] {
  if (minutes.speakers.length === 0) return [];
  const nameOf = speakerNames(minutes);
  const shares = minutes.speakers.map(({ id, seconds }) =>
    // A transcript may not say how long anybody spoke.
    seconds > 0 ? phrases.spoke(nameOf(id), phrases.duration(seconds)) : nameOf(id),
  );
  const text = `${phrases.speakers}${phrases.colon}${phrases.list(shares)}`;
  return [{ kind: 'paragraph', text, tone: 'plain' }];
}

/** Why somebody did not approve them. */
function returned({ approval }: Minutes, phrases: Phrases): Block[] {
  if (approval?.state !== 'returned') return [];
  const lines = linesOf(approval.remark);
  const title = returnedBy(approval, phrases).replace(/^./u, (first) => first.toUpperCase());
  return [{ kind: 'note', tone: 'remark', title, lines }];
}

function picture({ image }: Minutes, phrases: Phrases, isAvailable: boolean): Block[] {
  if (image === null) return [];
  const name = phrases.picture[image.verdict];
  if (image.verdict !== 'safe') return [{ kind: 'note', tone: 'remark', title: name, lines: [] }];
  if (!isAvailable) return [];
  return [
    { kind: 'figure', alternative: name, caption: phrases.pictureBy(printableLine(image.model)) },
  ];
}

function summary(text: string, phrases: Phrases): Block[] {
  const paragraphs = linesOf(text);
  return paragraphs.length === 0
    ? [quiet(phrases.noSummary)]
    : paragraphs.map((paragraph) => ({ kind: 'paragraph', text: paragraph, tone: 'plain' }));
}

const linesOf = (text: string): string[] =>
  printable(text)
    .split(/\n+/)
    .map(printableLine)
    .filter((line) => line !== '');

function actionItems(
  minutes: Minutes,
  phrases: Phrases,
  {
    sourcesOf,
    flagOf,
    evidence,
  }: {
    readonly sourcesOf: SourceFinder;
    readonly flagOf: FlagFinder;
    /** Heading of the sources. */
    readonly evidence: string;
  },
): Block[] {
  if (minutes.actionItems.length === 0) return [quiet(phrases.noneRecorded)];
  const head = [phrases.task, phrases.owner, phrases.due, evidence];
  const nameOf = speakerNames(minutes);
  const idOf = (index: number): string => itemId('actionItems', index);
  return unverifiedApart(minutes.actionItems, idOf, phrases, (some) => ({
    kind: 'table',
    head,
    rows: some.map(({ id, item }): Remark[] => [
      { id, text: printableLine(item.task), ...flagOf(item) },
      known(item.owner === null ? null : nameOf(item.owner), phrases.noOwner),
      known(item.due === null ? item.dueText : phrases.day(item.due), phrases.noDueDate),
      { text: '', sources: sourcesOf(item.citations) },
    ]),
  }));
}

function known(value: string | null, otherwise: string): Remark {
  const text = printableLine(value ?? '');
  return text === '' ? { text: otherwise, quiet: true } : { text };
}

function transcriptBlock(minutes: Minutes, { segments }: Transcript, phrases: Phrases): Block {
  if (segments.length === 0) return quiet(phrases.noTranscript);
  const nameOf = speakerNames(minutes);
  const cited = new Set(
    statementsOf(minutes).flatMap(({ citations }) =>
      citations.map(({ segmentIds }) => segmentIds[0]),
    ),
  );
  return {
    kind: 'transcript',
    lines: segments.map(({ id, start, speaker, language, text, mayBeInvented }) => ({
      id,
      time: start === null ? null : clock(start),
      at: start,
      speaker: speaker === null ? null : nameOf(speaker),
      language: language === minutes.language ? null : languageTag(language),
      text: printableLine(text),
      cited: cited.has(id),
      ...(mayBeInvented && { flag: phrases.mayBeInvented }),
    })),
  };
}

type SourceFinder = (citations: readonly Citation[]) => Source[];

/** Leaves out citations of segments that the transcript does not have: their links would lead nowhere. */
function sourceFinder(transcript: Transcript): SourceFinder {
  const ids = new Set(transcript.segments.map(({ id }) => id));
  return (citations) =>
    citations.flatMap(({ start, quote, segmentIds }) => {
      const segmentId = segmentIds[0];
      if (segmentId === undefined || !ids.has(segmentId)) return [];
      const label = start === null ? segmentId : clock(start);
      return [{ label, quote: printableLine(quote), segmentId, at: start }];
    });
}

type Checked = Pick<Statement, 'citations' | 'verified' | 'unsupported'>;
type FlagFinder = (statement: Checked) => { flag?: string };

/**
 * What is not verified stands apart, under a line that says so; what its citations do not bear out stands after the rest.
 * Each statement keeps its id.
 */
function unverifiedApart<T extends Checked>(
  items: readonly T[],
  idOf: (index: number) => string,
  phrases: Phrases,
  draw: (some: readonly { readonly id: string; readonly item: T }[]) => Block,
): Block[] {
  const all = items.map((item, index) => ({ id: idOf(index), item }));
  const found = all
    .filter(({ item }) => item.verified)
    .toSorted((a, b) => Number(a.item.unsupported ?? false) - Number(b.item.unsupported ?? false));
  const notFound = all.filter(({ item }) => !item.verified);
  return [
    ...(found.length === 0 ? [] : [draw(found)]),
    ...(notFound.length === 0
      ? []
      : [{ kind: 'subheading', text: phrases.notFound } as const, draw(notFound)]),
  ];
}

/** What a reader must know of a statement: that it was not found or not borne out, or that what it was found in may be invented. */
function flagFinder({ segments }: Transcript, phrases: Phrases): FlagFinder {
  const invented = new Set(segments.filter((one) => one.mayBeInvented).map(({ id }) => id));
  return ({ citations, verified, unsupported }) => {
    if (!verified) return { flag: phrases.notVerified };
    if (unsupported) return { flag: phrases.unsupported };
    return citations.some(({ segmentIds }) => segmentIds.some((id) => invented.has(id)))
      ? { flag: phrases.mayBeInvented }
      : {};
  };
}

/** ISO 639 codes have two or three letters; anything else must not reach an attribute. */
const languageTag = (language: string | null): string | null =>
  language !== null && /^[a-z]{2,3}$/.test(language) ? language : null;
