import { z } from 'zod';
import type { TranscribeAnswer } from '../../../../workflows/contracts/stored-results.ts';

/** How Whisper's decoder judged the window that a segment comes from; each figure is absent where it was not told. */
export type DecoderFigures = Pick<
  TranscribeAnswer['segments'][number],
  'compressionRatio' | 'noSpeechProbability' | 'averageLogProbability'
>;

/** Unreadable figures are missing figures. */
const figure = z.number().nullish().catch(null);

/** The members of a segment that hold them, as openai/whisper names them and all its servers do. */
export const decoderFigures = {
  compression_ratio: figure,
  no_speech_prob: figure,
  avg_logprob: figure,
};

/** The figures that were told, under our names. */
export const figuresOf = (said: {
  readonly [name in keyof typeof decoderFigures]?: number | null | undefined;
}): DecoderFigures => ({
  ...(typeof said.compression_ratio === 'number' && { compressionRatio: said.compression_ratio }),
  ...(typeof said.no_speech_prob === 'number' && { noSpeechProbability: said.no_speech_prob }),
  ...(typeof said.avg_logprob === 'number' && { averageLogProbability: said.avg_logprob }),
});
