import type { ParameterValue } from '../target.ts';

export const PRESET_NAMES = ['faithful', 'balanced', 'creative'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * Sampling by its purpose, for roles that write. The article's ranges, from their careful end to their free one:
 * temperature 0.3 to 0.7, top k 40 to 50, repetition penalty 1.1 to 1.3.
 */
export const PRESETS: Readonly<Record<PresetName, Readonly<Record<string, ParameterValue>>>> = {
  faithful: { temperature: 0.3, topK: 40, repetitionPenalty: 1.1 },
  balanced: { temperature: 0.5, topK: 45, repetitionPenalty: 1.2 },
  // The least likely twentieth stays out: at 0.7 it is where names and numbers go wrong.
  creative: { temperature: 0.7, topK: 50, repetitionPenalty: 1.3, topP: 0.95 },
};
