import {
  SAMPLE_RATE,
  type PlannedChunk,
  type Samples,
} from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { beginningWithVoice } from './beginning-with-voice.ts';
import {
  areMostlySame,
  inserted,
  isMostlyWithin,
  languageOf,
  movedBy,
  piecesOf,
  spanOf,
  type Piece,
} from './chunk-pieces.ts';
import { inSeconds, inventedRuns, mistrustedRuns, voiceOf } from './doubts-of.ts';
import { withLoopHeard } from './loop-heard.ts';
import { withLanguagesHeard, withSecondHearing } from './second-hearing.ts';
import { spokenUntil, unfilledSeconds } from './spoken-seconds.ts';
import {
  SPEECH_WITHOUT_WORDS_SECONDS,
  voiceWithin,
  wordlessVoice,
  type Span,
} from './wordless-voice.ts';

/** What was answered about one chunk: about all of it, and about the stretches that were asked again on their own. */
export interface ChunkAnswers {
  readonly first: TranscribeAnswer;
  readonly again: readonly {
    readonly stretch: Samples;
    readonly answer: TranscribeAnswer;
    /** Asked only to be sure of the language, as `languagesInDoubt` says. */
    readonly forLanguage?: boolean;
  }[];
  /** Stretches of which the language stays in doubt; absent: there are none. */
  readonly languageOpen?: readonly Samples[];
}

/** ISO 639-1 codes; null: not known. The detector is passed in, because it takes 150 MiB and doubts do not need it. */
interface Languages {
  /** By the user. */
  readonly given: string | null;
  readonly detect: (text: string) => string | null;
}

export interface SettledChunk {
  readonly pieces: readonly Pick<
    Piece,
    'start' | 'end' | 'text' | 'language' | 'isTimeEstimated' | 'mayBeInvented' | 'again'
  >[];
  /** Voice for which nobody answered words, not even when asked again. */
  readonly wordless: readonly Span[];
  /** Seconds of voice in pieces without times of their own; null: the plan does not tell where the voice is. */
  readonly untimedSeconds: number | null;
}

/** A second answer, and the seconds of the chunk that were asked about. */
interface SecondAnswer extends Span {
  readonly pieces: readonly Piece[];
  readonly forLanguage: boolean;
}

/**
 * The transcript of one chunk. A stretch that had no words gets those of its second answer. Text that may be invented is
 * replaced by a second answer that is above suspicion, and text in the wrong language by one in another language;
 * otherwise it stays, marked: nothing is dropped without a word. A text that stays stretched over more voice than its
 * words can fill ends where they end, and the voice behind them has no words. Text whose language stays in doubt is marked. A text that begins in the pause before its
 * voice begins with the voice.
 *
 * A stretch that was asked again was asked in any language, whatever the user gave.
 */
export function settleChunk(
  chunk: PlannedChunk,
  { first, again, languageOpen = [] }: ChunkAnswers,
  { given, detect }: Languages,
): SettledChunk {
  const voice = voiceOf(chunk);
  const firsts = piecesOf(first, given ?? languageOf(first, detect), voice);
  const seconds = again.map(({ stretch, answer, forLanguage = false }, order): SecondAnswer => {
    const { start, end } = inSeconds(chunk, stretch);
    const language = languageOf(answer, detect) ?? given;
    const pieces = piecesOf(movedBy(answer, start, end), language, voice, order);
    return { start, end, pieces, forLanguage };
  });
  const length = (chunk.endSample - chunk.startSample) / SAMPLE_RATE;
  const runs = mistrustedRuns(firsts, length);
  const isMistrusted = (second: SecondAnswer): boolean =>
    second.forLanguage || runs.some((run) => isMostlyWithin(second, run));
  const heard = seconds
    .filter(isMistrusted)
    .map((second) => ({ ...second, pieces: second.pieces.map((piece) => within(piece, second)) }));
  const trusted = seconds.filter((second) => !isMistrusted(second));
  const loops = inventedRuns(firsts, length)
    .map((run) => trusted.filter((second) => isMostlyWithin(second, run)))
    .filter((stretches) => stretches.length > 1);
  const inLoops = new Set(loops.flat());
  const secondHeard = withSecondHearing(
    firsts,
    heard.filter(({ forLanguage }) => !forLanguage).flatMap((second) => second.pieces),
  );
  const settled = trusted
    .filter((second) => !inLoops.has(second))
    .reduce(
      withSecondAnswer,
      loops.reduce((all, loop) => withLoopHeard(all, loop, voice ?? []), secondHeard),
    );
  const open = languageOpen.map((stretch) => inSeconds(chunk, stretch));
  const isInDoubt = (piece: Piece): boolean =>
    piece.again === undefined && open.some((span) => areMostlySame(spanOf(piece), span));
  const pieces = withLanguagesHeard(
    settled,
    heard.filter(({ forLanguage }) => forLanguage),
  )
    .map((piece) => (isInDoubt(piece) ? { ...piece, mayBeInvented: true } : piece))
    .map((piece) => (voice === null ? piece : endingWithItsWords(piece, voice)));
  return {
    pieces: voice === null ? pieces : beginningWithVoice(pieces, voice),
    wordless: voice === null ? [] : wordlessVoice(voice, pieces.map(spanOf)),
    untimedSeconds:
      voice === null
        ? null
        : pieces
            .filter(({ isTimeEstimated }) => isTimeEstimated)
            .reduce((sum, piece) => sum + voiceWithin(voice, spanOf(piece)), 0),
  };
}

/** With the words for voice that had none, or instead of text that may be invented. */
function withSecondAnswer(
  pieces: readonly Piece[],
  { start: offset, end, pieces: heard }: SecondAnswer,
): readonly Piece[] {
  const isDoubted = (piece: Piece): boolean =>
    piece.mayBeInvented &&
    isMostlyWithin({ start: piece.start ?? offset, end: piece.end ?? end }, { start: offset, end });
  if (!pieces.some(isDoubted)) return inserted(pieces, heard, offset);
  const others = pieces.filter((piece) => !isDoubted(piece));
  // A short text was asked again with some of the words after it, which stand already.
  const own = heard.filter((piece) => !others.some((other) => isMostlyIn(piece, other)));
  return own.length > 0 && !own.some((piece) => piece.mayBeInvented)
    ? inserted(others, own, offset)
    : pieces;
}

/** A second answer's piece within the stretch that was asked about: Whisper ends a last segment seconds late. */
const within = (piece: Piece, { start, end }: Span): Piece => ({
  ...piece,
  start: piece.start ?? start,
  end: Math.min(piece.end ?? end, end),
});

function endingWithItsWords(piece: Piece, voice: readonly Span[]): Piece {
  const isOfNoTime = piece.isTimeEstimated && !piece.isStretched;
  if (piece.start === null || piece.end === null || isOfNoTime) return piece;
  const said = { start: piece.start, end: piece.end, text: piece.text };
  return unfilledSeconds(said, voice) < SPEECH_WITHOUT_WORDS_SECONDS
    ? piece
    : { ...piece, end: spokenUntil(said, voice) };
}

/** Both must have times. */
const isMostlyIn = (one: Piece, other: Piece): boolean =>
  one.start !== null &&
  one.end !== null &&
  other.start !== null &&
  other.end !== null &&
  isMostlyWithin({ start: one.start, end: one.end }, { start: other.start, end: other.end });
