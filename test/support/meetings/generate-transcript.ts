import { createRandom } from '../../../local/inference-server/models/random.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { chineseTuned, chineseUnseen } from './chinese.ts';
import { englishTuned, englishUnseen } from './english.ts';
import { generateMeeting } from './generate-meeting.ts';

export interface TranscriptForm {
  readonly language: 'en' | 'zh' | 'mixed';
  /** Characters. */
  readonly length: number;
  /** Characters of a speaker's turn, about. */
  readonly turn: number;
}

/** 6 transcripts of up to 30,000 characters; `HANSARD_TRANSCRIPTS=60` makes 60 of up to 150,000. */
const COUNT = Number(process.env['HANSARD_TRANSCRIPTS'] ?? 6);
const LONGEST = COUNT > 6 ? 150_000 : 30_000;

/** Of both languages and mixed, from 1,000 characters on, in short turns and in long ones. */
export const TRANSCRIPT_FORMS: readonly TranscriptForm[] = Array.from(
  { length: COUNT },
  (_, index) => {
    const share = index / Math.max(1, COUNT - 1);
    return {
      language: (['en', 'zh', 'mixed'] as const)[index % 3] ?? 'en',
      length: Math.round(1000 * (LONGEST / 1000) ** share),
      turn: Math.floor(index / 3) % 2 === 0 ? 80 : 8000,
    };
  },
);

/** A transcript of generated meetings, one segment a turn. */
export function generateTranscript(
  { language, length, turn }: TranscriptForm,
  seed: number,
): Transcript {
  const random = createRandom(`transcript ${seed}`);
  const segments: Transcript['segments'] = [];
  let written = 0;
  for (let meeting = 0; written < length; meeting += 1) {
    const isChinese = language === 'zh' || (language === 'mixed' && random.number() < 0.5);
    const books = isChinese ? [chineseTuned, chineseUnseen] : [englishTuned, englishUnseen];
    const { sentences } = generateMeeting(
      books[meeting % 2] ?? englishTuned,
      seed * 1000 + meeting,
    );
    const queue = [...sentences];
    while (queue.length > 0 && written < length) {
      let text = '';
      // A turn is longer than a meeting of forty sentences: the sentences are said again.
      for (let said = 0; text.length < Math.min(turn, length - written); said += 1) {
        text += `${text === '' || isChinese ? '' : ' '}${queue.shift() ?? sentences[said % sentences.length] ?? ''}`;
      }
      const index = segments.length;
      segments.push({
        id: `s${index + 1}`,
        start: index * 5,
        end: index * 5 + 5,
        speaker: `S${1 + Math.floor(random.number() * 4)}`,
        language: isChinese ? 'zh' : 'en',
        text,
      });
      written += text.length;
    }
  }
  return {
    schemaVersion: 1,
    language: language === 'mixed' ? 'en' : language,
    durationSeconds: segments.length * 5,
    segments,
  };
}
