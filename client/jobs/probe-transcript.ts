import { extname } from 'node:path';
import { InvalidOptionError } from '../config.ts';
import type { ProbedSource } from './submit-job.ts';

/** The names by which a file is taken for a transcript. */
const EXTENSIONS: ReadonlySet<string> = new Set(['.vtt', '.srt', '.txt', '.json']);

/**
 * Reads a transcript, and finds out how long the meeting was. Null: the files are no transcript by their names. Throws
 * `UnusableTranscriptError`, which names the file and what is wrong; `InvalidOptionError` for several.
 */
export async function probeTranscript(paths: readonly string[]): Promise<ProbedSource | null> {
  const [path, ...more] = paths.filter((one) => EXTENSIONS.has(extname(one).toLowerCase()));
  if (path === undefined) return null;
  if (paths.length > 1 || more.length > 0) {
    throw new InvalidOptionError('--join takes recordings, and a transcript was given');
  }
  const { loadTranscriptFile, readTranscript } =
    await import('../../adapters/transcripts/transcript-file.ts');
  const read = readTranscript(await loadTranscriptFile(path), path);
  const spans = read.format === 'json' ? read.transcript.segments : read.turns;
  const seconds = spans.reduce(
    (latest, { start, end }) => Math.max(latest, start ?? 0, end ?? 0),
    0,
  );
  return { kind: 'transcript', durationSeconds: seconds > 0 ? seconds : null };
}
