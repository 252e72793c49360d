import type { ReadTranscript } from '../../adapters/transcripts/transcript-file.ts';
import type { Turn } from '../../adapters/transcripts/turn.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { numberSpeakers } from '../speakers/number-speakers.ts';
import { detectLanguage } from './detect-language.ts';
import { splitText } from './text.ts';

/** A transcript from a file, in our own form. */
export interface ImportedTranscript {
  readonly transcript: Transcript;
  /** By the ids of speakers, `S1`, `S2`, …; empty where the file names nobody. */
  readonly names: Readonly<Record<string, string>>;
}

/** A reader who follows a citation must find its words: a longer turn is cut between sentences. */
const LONGEST_SEGMENT = 300;

/**
 * Turns as segments: each keeps its times and speaker; a turn that is cut shares its time in proportion to the text. A
 * `transcript.json` of ours keeps its segments.
 *
 * @param language ISO 639-1 as given by the user; it takes precedence over what most of the text is in
 */
export function toTranscript(read: ReadTranscript, language: string | null): ImportedTranscript {
  if (read.format === 'json') {
    return ofOurs(read.transcript, language);
  }
  const turns = inOrder(read.turns);
  const names = [...new Set(turns.flatMap(({ speaker }) => speaker ?? []))];
  const ids = new Map(names.map((name, index) => [name, `S${index + 1}`]));
  const segments = turns
    .flatMap((turn) =>
      piecesOf(turn).map((piece) => ({
        ...piece,
        speaker: turn.speaker === null ? null : (ids.get(turn.speaker) ?? null),
        language: detectLanguage(turn.text),
      })),
    )
    .map((segment, index): Segment => ({ id: `s${index + 1}`, ...segment }));
  return {
    transcript: {
      schemaVersion: 1,
      language: language ?? mostWritten(segments),
      durationSeconds: segments.reduce(
        (latest, { start, end }) => Math.max(latest, start ?? 0, end ?? 0),
        0,
      ),
      segments,
    },
    names: Object.fromEntries([...ids].map(([name, id]) => [id, name])),
  };
}

/**
 * Whoever sends a file of our form may have written anything into it: ids and languages are made our own. The chunks are
 * those of another job.
 */
function ofOurs(transcript: Transcript, language: string | null): ImportedTranscript {
  const labels = transcript.segments.map(({ speaker }) => speaker?.trim().slice(0, 100) || null);
  const segments = numberSpeakers(
    transcript.segments.map(({ chunk: _chunk, again: _again, ...segment }, index) => ({
      ...segment,
      id: `s${index + 1}`,
      speaker: labels[index] ?? null,
      language: codeOf(segment.language) ?? detectLanguage(segment.text),
    })),
  );
  const names = segments.flatMap(({ speaker }, index): [string, string][] => {
    const label = labels[index] ?? null;
    return speaker === null || label === null || /^S\d+$/.test(label) ? [] : [[speaker, label]];
  });
  return {
    transcript: {
      ...transcript,
      language: language ?? codeOf(transcript.language) ?? mostWritten(segments),
      segments,
    },
    names: Object.fromEntries(names),
  };
}

const codeOf = (language: string | null): string | null =>
  language !== null && /^[a-z]{2,3}$/.test(language) ? language : null;

/** By their starts, where all have one: subtitles of several voices may be listed voice by voice. */
const inOrder = (turns: readonly Turn[]): readonly Turn[] =>
  turns.every(({ start }) => start !== null)
    ? turns.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))
    : turns;

function piecesOf({ start, end, text }: Turn): Pick<Segment, 'start' | 'end' | 'text'>[] {
  const parts = splitText(text, LONGEST_SEGMENT, ({ length }) => length);
  let said = 0;
  return parts.flatMap((part) => {
    const at = (characters: number): number | null =>
      start === null || end === null
        ? null
        : Math.round((start + ((end - start) * characters) / text.length) * 1000) / 1000;
    const piece = { start: said === 0 ? start : at(said), end: at(said + part.length) };
    said += part.length;
    const words = part.trim();
    return words === '' ? [] : [{ ...piece, text: words }];
  });
}

function mostWritten(segments: readonly Pick<Segment, 'language' | 'text'>[]): string | null {
  const characters = new Map<string, number>();
  for (const { language, text } of segments) {
    if (language !== null) {
      characters.set(language, (characters.get(language) ?? 0) + text.length);
    }
  }
  const [most] = [...characters].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}
