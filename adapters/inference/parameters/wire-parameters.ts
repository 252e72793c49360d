import type { Target } from '../contract.ts';

/** The configured parameters of a target under the names, and at the places, that its contract gives them. */
export const wireParameters = (target: Target): Record<string, unknown> => ({
  ...target.parameters,
});
