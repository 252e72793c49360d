import { setTimeout as delay } from 'node:timers/promises';
import { flacDuration } from './flac-duration.ts';
import { wavDuration } from './wav-duration.ts';
import { createRandom, type Random } from './random.ts';
import { AudioTooLong, UnreadableAudio } from './transcriber.ts';
import type { Transcriber, TranscribedSegment } from './transcriber.ts';

/**
 * A transcriber without ears, for recordings of hours in tests: its sentences depend on the audio's bytes
 * alone, and their times lie within the length that the FLAC or WAV header states. It says so as `x-sha`.
 */
export function createScriptedTranscriber(options: { readonly latencyMs: number }): Transcriber {
  let queue: Promise<unknown> = Promise.resolve();
  return {
    name: 'scripted-transcriber',
    languages: new Set(['en']),
    transcribe: (request) => {
      const answer = queue.then(async () => {
        const durationSeconds = flacDuration(request.audio) ?? wavDuration(request.audio);
        if (durationSeconds === null)
          throw new UnreadableAudio('neither FLAC nor WAV with a known length');
        if (request.limitSeconds !== null && durationSeconds > request.limitSeconds) {
          throw new AudioTooLong(`${durationSeconds.toFixed(1)} s`);
        }
        await delay(options.latencyMs);
        const random = createRandom(request.audio);
        return { language: 'en', durationSeconds, segments: script(durationSeconds, random) };
      });
      queue = answer.catch(() => undefined);
      return answer;
    },
    close: () => Promise.resolve(),
  };
}

/** A sentence about every six seconds, at most; the first starts at 0, pauses stay below half a second. */
function script(durationSeconds: number, random: Random): TranscribedSegment[] {
  const segments: TranscribedSegment[] = [];
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
      words: null,
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

const SUBJECTS = ['Nora', 'Peter', 'The harbour team', 'Finance', 'Everybody', 'Ines'] as const;
const DAYS = ['Monday', 'Wednesday', 'Friday', 'the end of the month'] as const;
const THINGS = [
  'budget',
  'timetable',
  'contract',
  'survey',
  'prototype',
  'warehouse plan',
  'risk list',
  'training',
  'invoice run',
  'release',
  'floor plan',
  'supplier report',
  'data migration',
  'audit',
] as const;
