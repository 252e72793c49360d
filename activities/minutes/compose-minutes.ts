import type { JobRow } from '../../adapters/database/job-library.ts';
import type { HeardSound } from '../../workflows/contracts/chunk-plan.ts';
import { parseReason } from '../../workflows/contracts/degradation-reason.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Approval } from '../../workflows/contracts/approval.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import {
  minutesSchema,
  type Engine,
  type HeardName,
  type Minutes,
  type Summary,
} from '../../workflows/contracts/minutes.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import { perRole, type PerRole } from '../../workflows/contracts/targets.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { NOBODY_NAMED, type GivenSpeakers } from '../speakers/join-speakers.ts';
import { ALL_PHRASES, phrasesFor, type Phrases } from './render/phrases.ts';

/** Everything that one document of minutes is composed from. */
export interface MinutesParts extends Pick<Minutes, 'template' | 'coverage' | 'image'> {
  readonly input: JobInput;
  /** 1 for the first minutes of a job, one more for each later edition. */
  readonly version: number;
  /** The version that the names and joins of its speakers are from; absent: it is the first. */
  readonly carriedFrom?: number | undefined;
  /** Absent: nobody is asked for it. */
  readonly approval?: Approval | null;
  readonly transcript: Transcript;
  /** The names of speakers by their ids, and who was joined to whom; absent: nobody is named. */
  readonly speakers?: GivenSpeakers;
  /** Plans of earlier versions do not say it. */
  readonly sound?: HeardSound | undefined;
  /** What is heard where no voice was found, in seconds of the recording. */
  readonly soundInSilence?: readonly { readonly start: number; readonly end: number }[];
  /** Target names in the order of the chain. */
  readonly chains: PerRole<readonly string[]>;
  /** The accepted answers behind this document, one per item. */
  readonly results: PerRole<readonly StoredResult[]>;
  /** The engine of a summary that no target made; null: a target made it. */
  readonly simplified: Engine | null;
  /** With verified citations. */
  readonly summary: Summary;
  readonly degradations: readonly Degradation[];
  readonly ledger: { readonly entries: number; readonly inDoubt: number };
}

/**
 * `minutes.json` from its parts. Pure: the same parts give the same minutes. Throws zod's error if a part breaks the
 * schema.
 */
export function composeMinutes(parts: MinutesParts): Minutes {
  const { input, transcript, coverage, results, chains } = parts;
  const { attendees } = input.options;
  const { diarize, ...answered } = perRole((role) =>
    engines(results[role] ?? [], chains[role] ?? []),
  );
  const minutes: Minutes = {
    ...parts.summary,
    schemaVersion: parts.approval ? 3 : 1,
    id: input.jobId,
    tenant: input.tenant,
    version: parts.version,
    ...(parts.carriedFrom !== undefined && { carriedFrom: parts.carriedFrom }),
    title: titleOf(input, transcript.language),
    date: input.options.date,
    ...(attendees.length > 0 && { attendees }),
    language: transcript.language,
    languages: languagesBySeconds(transcript),
    durationSeconds: transcript.durationSeconds,
    status: isWhole({ coverage, degradations: [...parts.degradations] }) ? 'complete' : 'partial',
    approval: parts.approval ?? null,
    template: parts.template,
    source: sourceOf(parts),
    ...(parts.sound && {
      sound: {
        ...parts.sound,
        tracks: parts.sound.tracks.map(({ heard }) => heard),
        inSilence: [...(parts.soundInSilence ?? [])],
      },
    }),
    engines: {
      ...answered,
      ...(diarize.length > 0 && { diarize }),
      summarize:
        parts.simplified === null ? answered.summarize : [...answered.summarize, parts.simplified],
    },
    coverage,
    degradations: [...parts.degradations],
    speakers: speakersOf(transcript, parts.speakers ?? NOBODY_NAMED),
    sections: parts.summary.sections ?? [],
    image: parts.image,
    cost: { totalUsd: null, entries: parts.ledger.entries, inDoubt: parts.ledger.inDoubt },
  };
  return minutesSchema.parse(JSON.parse(JSON.stringify(minutes), roundTime));
}

function sourceOf({ input, sound }: MinutesParts): Minutes['source'] {
  const { kind, name, sha256, bytes } = input.source;
  const files = filesOf(input);
  const joined = sound?.fileStarts?.flatMap((start, index) => {
    const file = files[index];
    return file ? [{ ...file, start }] : [];
  });
  return {
    kind,
    name,
    sha256,
    bytes,
    ...(joined && { files: joined }),
  };
}

/** The files that make a recording, where they are several. */
const filesOf = ({ source }: JobInput) =>
  (source.kind === 'recording' ? source.files : undefined) ?? [];

/**
 * Nothing was lost: no part of the recording or of the transcript, and nothing by an error that is no target's. Names of
 * speakers are no part of a meeting.
 */
export const isWhole = ({
  coverage,
  degradations,
}: Pick<Minutes, 'coverage' | 'degradations'>): boolean =>
  coverage.gaps.length + coverage.failedSections.length === 0 &&
  degradations.every(
    ({ stage, reason }) => stage === 'diarize' || parseReason(reason)?.kind !== 'failed',
  );

/** Rounds times to milliseconds: the fields `start`, `end` and all whose name ends in `Seconds`. */
const roundTime = (name: string, value: unknown): unknown =>
  typeof value === 'number' && /^(?:start|end)$|Seconds$/.test(name)
    ? Math.round(value * 1000) / 1000
    : value;

/**
 * The title that a user gave the job, null if none did. The row has the last one, which may be later than the input's,
 * or one that earlier minutes were given by their file name.
 */
export function givenTitle(input: JobInput, row: Pick<JobRow, 'title'> | null): string | null {
  const title = row?.title ?? null;
  return title === null || isByFileName(input, title) ? input.title : title;
}

/** A title of minutes, in their language if it is one that they were given by their file name. */
export const titleInLanguage = (input: JobInput, title: string, language: string | null): string =>
  isByFileName(input, title) ? titleByFileName(input, phrasesFor(language)) : title;

const isByFileName = (input: JobInput, title: string): boolean =>
  ALL_PHRASES.some((phrases) => title === titleByFileName(input, phrases));

function titleOf(input: JobInput, language: string | null): string {
  return input.title?.trim() || titleByFileName(input, phrasesFor(language));
}

function titleByFileName(input: JobInput, phrases: Phrases): string {
  const baseName = (filesOf(input)[0]?.name ?? input.source.name).replace(/^.*[/\\]/, '');
  // An extension starts with a letter: "board 3.11" keeps its number.
  const stem = baseName.replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, '') || baseName;
  return phrases.minutesOf(stem, input.options.date && phrases.day(input.options.date));
}

/** In the order in which they first speak, with the seconds of their segments. */
export function speakersOf(
  { segments }: Transcript,
  { names, joins, heard = [] }: GivenSpeakers,
): Minutes['speakers'] {
  const seconds = new Map<string, number>();
  for (const { speaker, start, end } of segments) {
    if (speaker === null) continue;
    const spoken = start === null || end === null ? 0 : Math.max(0, end - start);
    seconds.set(speaker, (seconds.get(speaker) ?? 0) + spoken);
  }
  return [...seconds].map(([id, spoken]) => {
    const name = names[id] ?? null;
    const said = heard.find((one) => one.id === id && one.name === name);
    const joined = [...joins].flatMap(([other, into]) => (into === id ? [other] : []));
    return {
      id,
      name,
      seconds: Math.round(spoken * 1000) / 1000,
      ...(joined.length > 0 && { joined }),
      ...(said && { heard: heardBy(said, joins) }),
    };
  });
}

/** Where a name was said, by whoever its speaker is now. */
function heardBy({ name, citation }: HeardName, joins: GivenSpeakers['joins']) {
  const { speaker } = citation;
  return {
    name,
    citation: { ...citation, speaker: speaker && (joins.get(speaker) ?? speaker) },
  };
}

/** The languages of its segments, the one with most speech first. */
export function languagesBySeconds(transcript: Transcript): string[] {
  const hasTimes = transcript.segments.some(({ start, end }) => start !== null && end !== null);
  const seconds = new Map<string, number>();
  for (const { language, start, end, text } of transcript.segments) {
    if (language === null) continue;
    const timed = start === null || end === null ? 0 : Math.max(0, end - start);
    const spoken = hasTimes ? timed : text.length;
    seconds.set(language, (seconds.get(language) ?? 0) + spoken);
  }
  // No segment tells its own; all of them together did.
  if (seconds.size === 0 && transcript.language !== null) return [transcript.language];
  return [...seconds]
    .sort(([a, longer], [b, shorter]) => shorter - longer || (a < b ? -1 : 1))
    .map(([language]) => language);
}

/** One engine per target and model that answered, in the order of the chain; other targets come last. */
export function engines(results: readonly StoredResult[], chain: readonly string[]): Engine[] {
  const lines = new Map<string, Engine>();
  for (const { target, model, provider, label } of results) {
    const identity = JSON.stringify([target, model, provider, label]);
    const items = (lines.get(identity)?.items ?? 0) + 1;
    lines.set(identity, { target, model, provider, items, label });
  }
  const place = ({ target }: Engine) => [...chain, target].indexOf(target);
  return [...lines]
    .sort(([a, left], [b, right]) => place(left) - place(right) || (a < b ? -1 : 1))
    .map(([, engine]) => engine);
}
