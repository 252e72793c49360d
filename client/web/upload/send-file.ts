import { toProblem } from '../api/problem.ts';
import type { MadeJob } from '../api/answers.ts';
import { addressOf } from '../api/request.ts';

/** What a posted file may have at most, in bytes; larger ones are for the command line. */
export const MOST_BYTES = 100_000_000;

/** The options of minutes that the page offers. */
export interface MinutesOptions {
  readonly template: string;
  /** ISO 639-1; null: it is detected. */
  readonly language: string | null;
  readonly attendees: string;
  readonly approve: boolean;
  readonly image: boolean;
}

/**
 * Posts a file, and says how many bytes are on their way: `fetch` cannot. Throws `ProblemError`, and the reason of the
 * signal when it is aborted.
 */
export function sendFile(
  file: File,
  options: MinutesOptions,
  { onSent, signal }: { readonly onSent: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<MadeJob> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
    request.addEventListener('error', () => reject(toProblem(0, '')));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status < 200 || status >= 300) return reject(toProblem(status, responseText));
      const made: MadeJob = JSON.parse(responseText);
      resolve(made);
    });
    request.open('POST', addressOf('/jobs', parametersOf(file, options)));
    request.setRequestHeader('content-type', contentTypeOf(file));
    request.send(file);
  });
}

const parametersOf = ({ name }: File, options: MinutesOptions) => ({
  name,
  title: titleOf(name),
  template: options.template,
  language: options.language ?? undefined,
  attendees: options.attendees.trim() || undefined,
  approve: options.approve ? 'true' : undefined,
  image: options.image ? undefined : 'false',
});

/** `planning-meeting.flac` is "planning meeting". */
const titleOf = (fileName: string): string =>
  fileName
    .replace(/\.[^.]{1,5}$/, '')
    .replaceAll(/[_-]+/g, ' ')
    .trim() || fileName;

/** Browsers call some recordings application/…, which the gateway does not take. */
const contentTypeOf = ({ type }: File): string =>
  /^(?:audio|video)\//.test(type) ? type : 'application/octet-stream';
