export const PRESET_NAMES = ['faithful', 'balanced', 'creative'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];
