import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import { parseTimes } from './clock-times.ts';
import { decodeText } from './decode-text.ts';
import { parseNamedLines } from './named-lines.ts';
import { parseSubRip } from './sub-rip.ts';
import type { Turn } from './turn.ts';
import { UnusableTranscriptError } from './unusable-transcript-error.ts';
import { parseWebVtt } from './web-vtt.ts';

/** A transcript that somebody else made, or one of ours that comes back. */
export type ReadTranscript =
  | { readonly format: 'webvtt' | 'subrip' | 'text'; readonly turns: readonly Turn[] }
  | { readonly format: 'json'; readonly transcript: Transcript };

/** A day of speech is about 1.3 MB of text; subtitles of it about 5 MB. */
const LARGEST_TRANSCRIPT_BYTES = 20_000_000;

/** The bytes of a transcript file. Throws `UnusableTranscriptError` for what cannot be one. */
export async function loadTranscriptFile(path: string): Promise<Buffer> {
  const refuse = (what: string) => new UnusableTranscriptError(`${path} ${what}`);
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? refuse('does not exist. Check the path.')
      : refuse('cannot be read. Check its permissions.');
  });
  if (!facts.isFile()) throw refuse('is not a file. Save the transcript to a file and name that.');
  if (facts.size > LARGEST_TRANSCRIPT_BYTES) {
    throw refuse(
      `is larger than ${LARGEST_TRANSCRIPT_BYTES / 1e6} MB. Cut it into parts and submit each.`,
    );
  }
  const file = await open(path).catch(() => {
    throw refuse('cannot be read. Check its permissions.');
  });
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Reads WebVTT, SubRip, lines such as "Ann: words", and our own `transcript.json`. The content decides, not the name: a
 * `.txt` may hold subtitles. Throws `UnusableTranscriptError`, which names the line, and never its words.
 *
 * @param name of the file, for the error
 */
export function readTranscript(bytes: Uint8Array, name: string): ReadTranscript {
  const refuse = (what: string) => new UnusableTranscriptError(`${basename(name)} ${what}`);
  const text = decodeText(bytes);
  if (text === null) {
    throw refuse('is not text in UTF-8 or UTF-16. Save it as UTF-8, or submit the recording.');
  }
  if (/^\s*\{/.test(text)) return { format: 'json', transcript: parseOwn(text, refuse) };
  const read = parseTurns(text, refuse);
  if (read.turns.length === 0) throw refuse('contains no words.');
  return read;
}

function parseTurns(text: string, refuse: (what: string) => Error) {
  try {
    if (/^WEBVTT(?:[ \t\n]|$)/.test(text)) {
      return { format: 'webvtt' as const, turns: parseWebVtt(text) };
    }
    return text.split('\n').some((line) => line.includes('-->') && parseTimes(line) !== null)
      ? { format: 'subrip' as const, turns: parseSubRip(text) }
      : { format: 'text' as const, turns: parseNamedLines(text) };
  } catch (error) {
    throw error instanceof UnusableTranscriptError ? refuse(error.message) : error;
  }
}

function parseOwn(text: string, refuse: (what: string) => Error): Transcript {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse('begins like JSON and is none. Export it again.');
  }
  const parsed = transcriptSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'its top level';
    throw refuse(`is no transcript.json of Hansard: ${place} is not as expected.`);
  }
  const { segments } = parsed.data;
  if (segments.length === 0) throw refuse('contains no words.');
  if (new Set(segments.map(({ id }) => id)).size < segments.length) {
    throw refuse('has two segments with the same id.');
  }
  return parsed.data;
}
