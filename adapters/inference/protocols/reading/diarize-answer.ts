import { z } from 'zod';
import type { DiarizeAnswer } from '../../../../workflows/contracts/stored-results.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Inputs, Parsed } from '../contract.ts';
import { badReply } from './reply-errors.ts';
import { replyFacts } from './response-facts.ts';

/** As an engine reports it; null: it is unreadable. */
interface ReportedTurn {
  readonly start: number | null;
  readonly end: number | null;
  readonly speaker: string | null;
}

/**
 * Brings the answers of all engines into one form: turns in order, within the audio. The answer is paid, so a turn that
 * cannot be read is left out. Refused are answers of which none can be read, and more turns or voices than there can be.
 * No turn at all is accepted: nobody was heard.
 */
export function diarizationReply(
  response: WireResponse,
  { durationSeconds }: Inputs['diarize'],
  target: Target,
  reported: readonly ReportedTurn[],
): Parsed<'diarize'> {
  const refused = (what: string) => badReply(target, response, what);
  if (reported.length > MOST_TURNS + durationSeconds * MOST_TURNS_A_SECOND)
    throw refused('it has more turns than anybody can take in that time');
  const turns = reported
    .flatMap((turn) => within(turn, durationSeconds) ?? [])
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
  if (turns.length === 0 && reported.length > 0)
    throw refused('none of its turns has a speaker and times within the recording');
  if (new Set(turns.map(({ speaker }) => speaker)).size > MOST_SPEAKERS)
    throw refused(`it has more than ${MOST_SPEAKERS} speakers`);
  return {
    answer: { turns },
    ...replyFacts(response, { audioSeconds: durationSeconds }),
  };
}

function within(
  { start, end, speaker }: ReportedTurn,
  durationSeconds: number,
): DiarizeAnswer['turns'][number] | null {
  if (start === null || end === null || speaker === null) return null;
  const [from, to] = [Math.max(start, 0), Math.min(end, durationSeconds)];
  return from < to ? { start: from, end: to, speaker } : null;
}

/** Of an hour of lively talk there are about 2,000; with frames of a sixtieth of a second, some engines make more. */
const MOST_TURNS_A_SECOND = 5;
const MOST_TURNS = 1000;
const MOST_SPEAKERS = 100;
/** Values in an answer about 24 hours with a turn a second. */
export const MOST_DIARIZED_VALUES = 1_000_000;

/** Seconds as a number or, as pyannote's handlers write them, as a text. */
const time = z
  .union([
    z.number(),
    z
      .string()
      .max(40)
      .regex(/^\s*-?\d+(?:\.\d+)?(?:e[-+]?\d{1,3})?\s*$/i)
      .transform(Number),
  ])
  .refine(Number.isFinite)
  .nullable()
  .catch(null);

const name = z
  .union([z.string().trim().min(1).max(100), z.int().transform(String)])
  .nullable()
  .catch(null);

const UNREADABLE: ReportedTurn = { start: null, end: null, speaker: null };

/** Turns as pyannote's handlers write them (`label`, `stop`), or with `speaker` and `end`. */
export const turnsSchema = z
  .array(
    z
      .object({ label: name, speaker: name, start: time, stop: time, end: time })
      .partial()
      .transform(({ label, speaker, start, stop, end }): ReportedTurn => ({
        start: start ?? null,
        end: stop ?? end ?? null,
        speaker: label ?? speaker ?? null,
      }))
      .catch(UNREADABLE),
  )
  .nullish();

/** Turns with `timestamp`, as fal writes them. */
export const timestampedTurnsSchema = z
  .array(
    z
      .object({ speaker: name.optional(), timestamp: z.tuple([time, time]) })
      .transform(({ speaker, timestamp: [start, end] }): ReportedTurn => ({
        start,
        end,
        speaker: speaker ?? null,
      }))
      .catch(UNREADABLE),
  )
  .nullish()
  .catch(null);
