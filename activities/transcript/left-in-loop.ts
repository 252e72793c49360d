import type { PlannedChunk, Samples } from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { isMostlyWithin, movedBy, piecesOf, spanOf } from './chunk-pieces.ts';
import { asked, inSeconds, inventedRuns, voiceOf, wordlessStretches } from './doubts-of.ts';

/**
 * The voice without words in the answers to the pieces of a loop. Nobody has heard it alone yet: the loop stood over all of
 * it, and a piece without a pause can hold two languages, of which Whisper writes the first. In order, each once.
 *
 * @param first the answer with the loop
 * @param pieces what was answered about its pieces
 */
export function leftInLoop(
  chunk: PlannedChunk,
  first: TranscribeAnswer,
  pieces: readonly { readonly stretch: Samples; readonly answer: TranscribeAnswer }[],
): Samples[] {
  const voice = voiceOf(chunk);
  const { end: length } = inSeconds(chunk, chunk);
  const runs = inventedRuns(piecesOf(first, null, voice), length);
  if (voice === null || runs.length === 0) return [];
  const left = pieces.flatMap(({ stretch, answer }) => {
    const span = inSeconds(chunk, stretch);
    if (!runs.some((run) => isMostlyWithin(span, run))) return [];
    const within = voice.flatMap(({ start, end }) =>
      end <= span.start || start >= span.end
        ? []
        : [{ start: Math.max(start, span.start), end: Math.min(end, span.end) }],
    );
    const worded = piecesOf(movedBy(answer, span.start, span.end), null, within).map(spanOf);
    // Where the answer has no words at all, the same would be asked again.
    return worded.length === 0 ? [] : wordlessStretches(within, worded);
  });
  return asked(chunk, left);
}
