import { setTimeout as delay } from 'node:timers/promises';
import { statedDuration } from './audio-duration.ts';
import { createRandom, type Random } from './random.ts';
import { UnusableAudio, type Transcriber, type Transcription } from './transcriber.ts';

/**
 * Hears nothing: for tests with recordings of hours. Its sentences depend on the audio's bytes alone, and their times
 * lie within the length that the FLAC or WAV header states. `x-sha` names it.
 */
export function createScriptedTranscriber(options: { readonly latencyMs: number }): Transcriber {
  let queue: Promise<unknown> = Promise.resolve();
  return {
    name: 'scripted-transcriber',
    languages: new Set(['en']),
    transcribe: ({ audio, limitSeconds = null }) => {
      const answer = queue.then(async () => {
        const durationSeconds = statedDuration(audio);
        if (durationSeconds === null) {
          throw new UnusableAudio('unreadable', 'neither FLAC nor WAV with a known length');
        }
        if (limitSeconds !== null && durationSeconds > limitSeconds) {
          throw new UnusableAudio('tooLong', `${durationSeconds.toFixed(1)} s`);
        }
        await delay(options.latencyMs);
        const segments = script(durationSeconds, createRandom(audio));
        return { language: 'en', durationSeconds, segments };
      });
      queue = answer.catch(() => undefined);
      return answer;
    },
    close: () => Promise.resolve(),
  };
}

/** At most one sentence every six seconds; the first starts at 0, pauses stay below half a second. */
function script(durationSeconds: number, random: Random): Transcription['segments'] {
  const segments: Transcription['segments'] = [];
  let start = 0;
  while (start < durationSeconds) {
    const end = Math.min(durationSeconds, start + random.between(3, 6));
    segments.push({
      seek: 0,
      start: toMilliseconds(start),
      end: toMilliseconds(end),
      text: ` ${sentence(random)}`,
      tokens: [],
      temperature: 0,
      avg_logprob: -0.1,
      compression_ratio: 1,
      no_speech_prob: 0,
      words: [],
    });
    start = end + random.between(0.1, 0.5);
  }
  return segments;
}

const toMilliseconds = (seconds: number): number => Math.floor(seconds * 1000) / 1000;

function sentence(random: Random): string {
  const subject = random.pick(SUBJECTS);
  const count = 2 + Math.floor(random.number() * 97);
  const [one, other] = [random.pick(THINGS), random.pick(THINGS)];
  return random.pick([
    `${subject} moved the ${one} to week ${count}.`,
    `We decided to keep the ${one} and drop ${count} lines of the ${other}.`,
    `${subject} will send the ${one} by ${random.pick(DAYS)}.`,
    `Who pays for the ${one} when the ${other} takes ${count} days?`,
    `The ${one} costs ${count} thousand more than the ${other}.`,
    `${subject} checked ${count} of the entries in the ${one}.`,
  ]);
}

const words = (list: string) => list.split(', ') as [string, ...string[]];
const SUBJECTS = words('Nora, Peter, The harbour team, Finance, Everybody, Ines');
const DAYS = words('Monday, Wednesday, Friday, the end of the month');
const THINGS = words(
  'budget, timetable, contract, survey, prototype, warehouse plan, risk list, training, invoice run, release, floor plan, supplier report, data migration, audit',
);
