import type { HeardFile } from './transcribe-file.ts';

/** The whole, as OpenAI writes it. What the engine does not say of a segment is not in it. */
export function toVerbose(
  { language, durationSeconds, text, segments, words }: HeardFile,
  { withSegments }: { readonly withSegments: boolean },
) {
  return {
    task: 'transcribe' as const,
    language: language === null ? 'unknown' : englishName(language),
    duration: durationSeconds,
    text,
    ...(withSegments && {
      segments: segments.map((one, id) => ({
        id,
        start: one.start ?? 0,
        end: one.end ?? 0,
        text: one.text,
        ...(one.averageLogProbability !== undefined && { avg_logprob: one.averageLogProbability }),
        ...(one.compressionRatio !== undefined && { compression_ratio: one.compressionRatio }),
        ...(one.noSpeechProbability !== undefined && { no_speech_prob: one.noSpeechProbability }),
      })),
    }),
    ...(words && {
      words: words.map(({ word, start, end }) => ({ word: word.trim(), start, end })),
    }),
  };
}

const englishName = (code: string): string =>
  new Intl.DisplayNames('en', { type: 'language' }).of(code)?.toLowerCase() ?? code;

/** Subtitles, a segment each. */
export const toSubRip = ({ segments }: HeardFile): string =>
  segments
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${oneLine(text)}\n`,
    )
    .join('\n');

export const toWebVtt = ({ segments }: HeardFile): string =>
  [
    'WEBVTT\n',
    ...segments.map(
      ({ start, end, text }) =>
        `${clock(start, '.')} --> ${clock(end, '.')}\n${escaped(oneLine(text))}\n`,
    ),
  ].join('\n');

/** An empty line would end the subtitle. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function clock(time: number | null, mark: ',' | '.'): string {
  const ms = Math.round((time ?? 0) * 1_000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1_000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}${mark}${rest}`;
}
