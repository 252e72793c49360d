import type { Citation, Minutes, Statement } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { aboutMinutes } from './about-minutes.ts';
import type { Block, Document, Remark, Source } from './document.ts';
import { phrasesFor, type Phrases } from './phrases.ts';
import { printable, printableLine, toPlayerTime } from './printable.ts';
import { shortcomings } from './shortcomings.ts';

/**
 * Minutes and transcript as one document: what is missing first, then what was said, how it was made, and the
 * transcript last. `picture` says whether the illustration is at hand; it is shown only when its verdict is safe.
 */
export function minutesDocument(
  minutes: Minutes,
  transcript: Transcript,
  options: { readonly picture: boolean },
): Document {
  const phrases = phrasesFor(minutes.language);
  const sources = sourceFinder(transcript);
  return {
    title: printableLine(minutes.title),
    language: languageTag(minutes.language) ?? phrases.language,
    facts: factsOf(minutes, phrases),
    blocks: [
      ...shortcomings(minutes, phrases),
      ...picture(minutes, phrases, options.picture),
      { kind: 'heading', id: 'summary', text: phrases.summary },
      ...summary(minutes.summary, phrases),
      ...statements('key-points', phrases.keyPoints, minutes.keyPoints, phrases, sources),
      ...statements('decisions', phrases.decisions, minutes.decisions, phrases, sources),
      ...actionItems(minutes, phrases, sources),
      ...statements(
        'open-questions',
        phrases.openQuestions,
        minutes.openQuestions,
        phrases,
        sources,
      ),
      ...minutes.sections.flatMap((section, index) =>
        statements(
          `section-${index + 1}`,
          printableLine(section.title),
          section.items,
          phrases,
          sources,
        ),
      ),
      ...aboutMinutes(minutes, phrases),
      ...transcriptBlocks(minutes, transcript, phrases),
    ],
  };
}

function factsOf(minutes: Minutes, phrases: Phrases): string[] {
  const date = minutes.date === null ? null : phrases.day(minutes.date);
  const names = new Intl.DisplayNames(phrases.locale, { type: 'language' });
  const languages = minutes.languages.flatMap((language) => {
    const tag = languageTag(language);
    return tag === null ? [] : [names.of(tag) ?? tag];
  });
  return [
    // A title that was made for the minutes says the date already.
    ...(date === null || minutes.title.includes(date) ? [] : [date]),
    phrases.duration(minutes.durationSeconds),
    ...(languages.length === 0 ? [] : [languages.join(', ')]),
    printableLine(minutes.source.name),
  ];
}

function picture(minutes: Minutes, phrases: Phrases, atHand: boolean): Block[] {
  const { image } = minutes;
  if (image === null) return [];
  const name = phrases.picture[image.verdict];
  if (image.verdict !== 'safe') return [{ kind: 'note', tone: 'remark', title: name, lines: [] }];
  if (!atHand) return [];
  return [
    { kind: 'figure', alternative: name, caption: phrases.pictureBy(printableLine(image.model)) },
  ];
}

function summary(text: string, phrases: Phrases): Block[] {
  const paragraphs = printable(text)
    .split(/\n+/)
    .map(printableLine)
    .filter((paragraph) => paragraph !== '');
  if (paragraphs.length === 0) {
    return [{ kind: 'paragraph', text: phrases.noSummary, tone: 'quiet' }];
  }
  return paragraphs.map((paragraph) => ({ kind: 'paragraph', text: paragraph, tone: 'plain' }));
}

function statements(
  id: string,
  heading: string,
  items: readonly Statement[],
  phrases: Phrases,
  sources: SourceFinder,
): Block[] {
  return [
    { kind: 'heading', id, text: heading },
    items.length === 0
      ? { kind: 'paragraph', text: phrases.noneRecorded, tone: 'quiet' }
      : {
          kind: 'list',
          items: items.map(({ text, citations, verified }) => ({
            text: printableLine(text),
            sources: sources(citations),
            ...(verified ? {} : { flag: phrases.notVerified }),
          })),
        },
  ];
}

function actionItems(minutes: Minutes, phrases: Phrases, sources: SourceFinder): Block[] {
  const rows = minutes.actionItems.map((item): Remark[] => [
    { text: printableLine(item.task), ...(item.verified ? {} : { flag: phrases.notVerified }) },
    known(item.owner, phrases.noOwner),
    known(item.due === null ? item.dueText : phrases.day(item.due), phrases.noDueDate),
    { text: '', sources: sources(item.citations) },
  ]);
  return [
    { kind: 'heading', id: 'action-items', text: phrases.actionItems },
    rows.length === 0
      ? { kind: 'paragraph', text: phrases.noneRecorded, tone: 'quiet' }
      : {
          kind: 'table',
          head: [phrases.task, phrases.owner, phrases.due, phrases.evidence],
          rows,
        },
  ];
}

function known(value: string | null, otherwise: string): Remark {
  const text = value === null ? '' : printableLine(value);
  return text === '' ? { text: otherwise, quiet: true } : { text };
}

function transcriptBlocks(minutes: Minutes, transcript: Transcript, phrases: Phrases): Block[] {
  const names = new Map(minutes.speakers.map(({ id, name }) => [id, name ?? id]));
  const cited = new Set(citationsOf(minutes).map(({ segmentIds }) => segmentIds[0]));
  return [
    { kind: 'heading', id: 'transcript', text: phrases.transcript },
    transcript.segments.length === 0
      ? { kind: 'paragraph', text: phrases.noTranscript, tone: 'quiet' }
      : {
          kind: 'transcript',
          lines: transcript.segments.map(({ id, start, speaker, language, text }) => ({
            id,
            time: start === null ? null : toPlayerTime(start),
            speaker: speaker === null ? null : printableLine(names.get(speaker) ?? speaker),
            language: language === minutes.language ? null : languageTag(language),
            text: printableLine(text),
            cited: cited.has(id),
          })),
        },
  ];
}

function citationsOf(minutes: Minutes): Citation[] {
  return [
    ...minutes.keyPoints,
    ...minutes.decisions,
    ...minutes.openQuestions,
    ...minutes.actionItems,
    ...minutes.sections.flatMap(({ items }) => items),
  ].flatMap(({ citations }) => citations);
}

type SourceFinder = (citations: readonly Citation[]) => Source[];

/** A citation of a segment that the transcript has not got leads nowhere, so it is no source. */
function sourceFinder(transcript: Transcript): SourceFinder {
  const ids = new Set(transcript.segments.map(({ id }) => id));
  return (citations) =>
    citations.flatMap(({ start, quote, segmentIds }) => {
      const segmentId = segmentIds[0];
      if (segmentId === undefined || !ids.has(segmentId)) return [];
      const label = start === null ? segmentId : toPlayerTime(start);
      return [{ label, quote: printableLine(quote), segmentId }];
    });
}

/** ISO 639 codes are two or three letters; anything else never reaches an attribute. */
const languageTag = (language: string | null): string | null =>
  language !== null && /^[a-z]{2,3}$/.test(language) ? language : null;
