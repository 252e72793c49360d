import type { Key } from '../api/answers.ts';

export interface Replacement {
  /** Which of the two live keys of a name it is. */
  readonly is: 'old' | 'new';
  readonly other: Key;
}

/** By id, the live keys of which another one has the name: one of the two takes the other's place. */
export function replacements(keys: readonly Key[]): ReadonlyMap<string, Replacement> {
  const live = keys.filter(({ state }) => state === 'live');
  const found = new Map<string, Replacement>();
  for (const key of live) {
    const other = live.find(({ id, name }) => name === key.name && id !== key.id);
    if (other === undefined) continue;
    const isOld =
      key.createdAt < other.createdAt || (key.createdAt === other.createdAt && key.id < other.id);
    found.set(key.id, { is: isOld ? 'old' : 'new', other });
  }
  return found;
}

/**
 * Whether the page can make a key that takes the place of this one. The requests of one that signs would come with a key
 * alone: it is given another signing key instead.
 */
export const canBeReplaced = ({ signature }: Pick<Key, 'signature'>): boolean =>
  signature === 'none';
