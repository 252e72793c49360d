import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { minutesDocument } from './minutes-document.ts';
import { renderSrt, renderVtt } from './subtitles.ts';

/** One file of `result` and `--out`. */
export interface Export {
  readonly name: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Every file of a job. The same input gives the same bytes. `picture` is the published PNG. Throws if its verdict is
 * not safe, because it must not leave quarantine.
 */
export function renderExports(
  minutes: Minutes,
  transcript: Transcript,
  { picture }: { readonly picture: Uint8Array | null },
): Export[] {
  if (picture !== null && minutes.image?.verdict !== 'safe') {
    throw new Error(
      `a picture with the verdict ${minutes.image?.verdict ?? 'none'} is not exported; give the picture of safe minutes only`,
    );
  }
  const document = minutesDocument(minutes, transcript, { picture: picture !== null });
  const fileName = picture && PICTURE_NAME;
  const dataUrl = picture && `data:image/png;base64,${Buffer.from(picture).toString('base64')}`;
  return [
    text('minutes.json', 'application/json', json(minutes)),
    text('minutes.md', 'text/markdown; charset=utf-8', renderMarkdown(document, fileName)),
    text('minutes.html', 'text/html; charset=utf-8', renderHtml(document, dataUrl)),
    text('transcript.json', 'application/json', json(transcript)),
    text('transcript.vtt', 'text/vtt; charset=utf-8', renderVtt(transcript)),
    text('transcript.srt', 'application/x-subrip; charset=utf-8', renderSrt(transcript)),
    ...(picture === null ? [] : [{ name: PICTURE_NAME, contentType: 'image/png', body: picture }]),
  ];
}

const PICTURE_NAME = 'illustration.png';

const text = (name: string, contentType: string, content: string): Export => ({
  name,
  contentType,
  body: new TextEncoder().encode(content),
});

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
