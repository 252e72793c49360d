import { toEnglishName } from '../models/language-names.ts';
import type { Transcription } from '../models/transcriber.ts';

/** All that was said, in one line. */
export const spokenText = (transcription: Transcription): string =>
  transcription.segments
    .map((segment) => segment.text)
    .join('')
    .trim();

/** `verbose_json` as OpenAI documents it. */
export const openAiVerboseBody = (transcription: Transcription, withWords: boolean): object => ({
  task: 'transcribe',
  language: toEnglishName(transcription.language),
  duration: transcription.durationSeconds,
  text: spokenText(transcription),
  segments: numberedSegments(transcription),
  ...(withWords ? { words: transcription.segments.flatMap(({ words }) => words ?? []) } : {}),
});

export const numberedSegments = (transcription: Transcription): readonly object[] =>
  transcription.segments.map(({ words: _words, ...segment }, id) => ({ id, ...segment }));
