import type { PlannedChunk, Samples } from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { piecesOf, spanOf } from './chunk-pieces.ts';
import { asked, inventedStretches, voiceOf, wordlessStretches } from './doubts-of.ts';

/**
 * The stretches that an answer left in doubt by the rule before text in the wrong language was asked again: voice without
 * words, whatever stands beside it, and text that may be invented. Jobs of that time have paid for answers to them. Its
 * bounds must stay as they are, because they name those answers.
 *
 * From before the first release. It may go when no job and no stored answer from before that release is kept.
 */
export function earlierDoubtsOf(chunk: PlannedChunk, answer: TranscribeAnswer): Samples[] {
  const voice = voiceOf(chunk);
  const pieces = piecesOf(answer, null, voice);
  return asked(chunk, [
    ...wordlessStretches(voice, pieces.map(spanOf)),
    ...inventedStretches(chunk, pieces),
  ]);
}
