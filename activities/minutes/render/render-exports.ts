import { toReasonText } from '../../../workflows/contracts/degradation-reason.ts';
import type { Degradation } from '../../../workflows/contracts/jobs.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { minutesDocument } from './minutes-document.ts';
import { speakerNames } from './speaker-names.ts';
import { renderApart, type OfficeFormat, type OfficeTask } from './office/render-apart.ts';
import { renderSrt, renderVtt } from './subtitles.ts';

/** One file of `result` and `--out`. */
export interface Export {
  readonly name: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface ExportFormat {
  readonly name: string;
  readonly contentType: string;
  readonly render: (of: Rendered) => string | Uint8Array | Promise<string | Uint8Array>;
}

interface Rendered {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  /** The published PNG. */
  readonly picture: Uint8Array | null;
  /** Stops what takes long. */
  readonly signal?: AbortSignal | undefined;
  /** How long one document for the office may take; undefined: as long as a day of transcript may need. */
  readonly limitMs?: number | undefined;
}

const PICTURE_NAME = 'illustration.png';

const documentOf = ({ minutes, transcript, picture }: Rendered) =>
  minutesDocument(minutes, transcript, { picture: picture !== null });

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    name: 'transcript.json',
    contentType: 'application/json',
    render: ({ transcript }) => json(transcript),
  },
  {
    name: 'transcript.vtt',
    contentType: 'text/vtt; charset=utf-8',
    render: ({ transcript, minutes }) => renderVtt(transcript, speakerNames(minutes)),
  },
  {
    name: 'transcript.srt',
    contentType: 'application/x-subrip; charset=utf-8',
    render: ({ transcript, minutes }) => renderSrt(transcript, speakerNames(minutes)),
  },
  {
    name: 'minutes.json',
    contentType: 'application/json',
    render: ({ minutes }) => json(minutes),
  },
  {
    name: 'minutes.md',
    contentType: 'text/markdown; charset=utf-8',
    render: (of) => renderMarkdown(documentOf(of), of.picture && PICTURE_NAME),
  },
  {
    name: 'minutes.html',
    contentType: 'text/html; charset=utf-8',
    render: (of) => renderHtml(documentOf(of), of.picture && dataUrl(of.picture)),
  },
  {
    name: 'minutes.docx',
    contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    render: (of) => renderApart(toOffice('docx', of), of),
  },
  {
    name: 'minutes.pdf',
    contentType: 'application/pdf',
    render: (of) => renderApart(toOffice('pdf', of), of),
  },
];

const toOffice = (format: OfficeFormat, of: Rendered): OfficeTask => ({
  format,
  document: documentOf(of),
  picture: of.picture,
});

const dataUrl = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Every file of a job, and the minutes that they show. The same input gives the same bytes. Each file is rendered by
 * itself: one that cannot be rendered is left out, and the minutes are composed again to name it, so that the others
 * say what is missing. Throws a RangeError if the verdict on the picture is not safe: it must not leave quarantine; and
 * the signal's reason.
 *
 * @param compose the minutes, with these degradations besides their own
 */
export async function renderExports(
  compose: (missing: readonly Degradation[]) => Minutes,
  transcript: Transcript,
  {
    picture,
    formats = EXPORT_FORMATS,
    signal,
    limitMs,
  }: Pick<Rendered, 'picture' | 'signal' | 'limitMs'> & {
    readonly formats?: readonly ExportFormat[];
  },
): Promise<{ readonly minutes: Minutes; readonly exports: readonly Export[] }> {
  const missing: Degradation[] = [];
  for (;;) {
    const minutes = compose(missing);
    if (picture !== null && minutes.image?.verdict !== 'safe') {
      throw new RangeError(
        `a picture with the verdict ${minutes.image?.verdict ?? 'none'} is not exported; give the picture of safe minutes only`,
      );
    }
    const rendered = await Promise.all(
      formats
        .filter(({ name }) => missing.every(({ role }) => role !== name))
        .map(async ({ name, contentType, render }): Promise<Export | Degradation> => {
          try {
            const content = await render({ minutes, transcript, picture, signal, limitMs });
            const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
            return { name, contentType, body };
          } catch (error) {
            signal?.throwIfAborted();
            return missingFile(name, error);
          }
        }),
    );
    const exports = rendered.filter((one) => 'body' in one);
    if (exports.length < rendered.length) {
      missing.push(...rendered.filter((one) => 'reason' in one));
      continue;
    }
    const image = { name: PICTURE_NAME, contentType: 'image/png' };
    return {
      minutes,
      exports: picture === null ? exports : [...exports, { ...image, body: picture }],
    };
  }
}

const missingFile = (role: string, error: unknown): Degradation => {
  const reason = {
    kind: 'failed',
    failure: error instanceof Error ? error.name : 'Error',
  } as const;
  return {
    stage: 'render',
    role,
    level: 'missing',
    target: null,
    spans: [],
    reason: toReasonText(reason),
  };
};
