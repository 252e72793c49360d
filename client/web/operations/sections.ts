import type { Action } from '../../gateway/policy.ts';

/** The pages of those who run the installation, and what lets one see each. */
const SECTIONS = [
  { id: 'queues', action: 'queues:read' },
  { id: 'targets', action: 'targets:read' },
  { id: 'schedules', action: 'schedules:read' },
  { id: 'webhooks', action: 'webhooks:read' },
  { id: 'refusals', action: 'refusals:read' },
  { id: 'keys', action: 'keys:read' },
] as const satisfies readonly { readonly id: string; readonly action: Action }[];
export type SectionId = (typeof SECTIONS)[number]['id'];

/** Those that somebody may see, in their order. */
export const sectionsOf = (actions: readonly Action[]): readonly SectionId[] =>
  SECTIONS.filter(({ action }) => actions.includes(action)).map(({ id }) => id);
