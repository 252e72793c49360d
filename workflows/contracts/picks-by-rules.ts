/** Whether a target picks sentences by rules, and asks no model. */
export const picksByRules = (target: string): boolean => target.startsWith('extractive-');
