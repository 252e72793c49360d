import { diffArrays } from 'diff';
import { wordSet } from './words.ts';

/** One line of two lists beside each other. `moved`: as it was, at another place among the others. */
export type Row<T> =
  | { readonly kind: 'same' | 'changed' | 'moved'; readonly was: T; readonly is: T }
  | { readonly kind: 'removed'; readonly was: T; readonly is: null }
  | { readonly kind: 'added'; readonly was: null; readonly is: T };

/** What pairs the members of lists. */
interface Reading<T> {
  /** Members with the same content are the same. */
  readonly contentOf: (member: T) => string;
  /** Members that share half of these words are one that was changed. */
  readonly wordsOf: (member: T) => string;
}

interface Pair {
  readonly kind: 'same' | 'changed' | 'moved';
  readonly was: number;
}

/**
 * Two lists beside each other: in the order of the later one, with what was removed behind what stood before it.
 */
export function pairLists<T>(
  before: readonly T[],
  after: readonly T[],
  { contentOf, wordsOf }: Reading<T>,
): Row<T>[] {
  const [was, is] = [before.map(contentOf), after.map(contentOf)];
  const pairs = inPlace(was, is);
  const gone = new Set(before.keys());
  for (const pair of pairs.values()) gone.delete(pair.was);
  const isNew = () => [...after.keys()].filter((index) => !pairs.has(index));
  const pair = (index: number, found: Pair): void => {
    pairs.set(index, found);
    gone.delete(found.was);
  };
  const places = new Map([...gone].toReversed().map((index) => [was[index], index]));
  for (const index of isNew()) {
    const from = places.get(is[index]);
    if (from !== undefined && gone.has(from)) pair(index, { kind: 'moved', was: from });
  }
  const changed = alike(
    [...gone].map((index) => [index, before[index]] as const),
    isNew().map((index) => [index, after[index]] as const),
    wordsOf,
  );
  for (const [from, index] of changed) {
    if (!gone.has(from) || pairs.has(index)) continue;
    // One of several that say the same.
    pair(index, { kind: was[from] === is[index] ? 'moved' : 'changed', was: from });
  }
  return inOrder(before, after, pairs, gone);
}

/** Of each place in the later list, the place where the same content stood, where their order is the same, too. */
function inPlace(was: string[], is: string[]): Map<number, Pair> {
  const pairs = new Map<number, Pair>();
  let [from, to] = [0, 0];
  for (const { added, removed, count } of diffArrays(was, is, { maxEditLength: MOST_EDITS }) ??
    []) {
    if (!added && !removed) {
      for (let index = 0; index < count; index += 1) {
        pairs.set(to + index, { kind: 'same', was: from + index });
      }
    }
    if (!added) from += count;
    if (!removed) to += count;
  }
  return pairs;
}

const MOST_EDITS = 2_000;
/** Of pairs to look at: above, those at the same place among the changed ones are taken. */
const MOST_PAIRS = 250_000;

/** Pairs of places whose members share at least half of their words, the most alike first. */
function alike<T>(
  gone: readonly (readonly [number, T | undefined])[],
  come: readonly (readonly [number, T | undefined])[],
  wordsOf: (member: T) => string,
): (readonly [from: number, to: number])[] {
  if (gone.length * come.length > MOST_PAIRS) {
    return gone.flatMap(([from], place) => {
      const to = come[place]?.[0];
      return to === undefined ? [] : [[from, to] as const];
    });
  }
  const words = (member: T | undefined) => wordSet(member === undefined ? '' : wordsOf(member));
  const later = come.map(([to, member]) => [to, words(member)] as const);
  return gone
    .flatMap(([from, member]) => {
      const earlier = words(member);
      return later.map(([to, set]) => ({ from, to, share: shared(earlier, set) }));
    })
    .filter(({ share }) => share >= 0.5)
    .sort((one, other) => other.share - one.share)
    .map(({ from, to }) => [from, to]);
}

/** The share of words that two sets have in common, 0 to 1 (Dice). */
function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const all = one.size + other.size;
  const common = [...one].filter((word) => other.has(word));
  return all === 0 ? 0 : (2 * common.length) / all;
}

function inOrder<T>(
  before: readonly T[],
  after: readonly T[],
  pairs: ReadonlyMap<number, Pair>,
  gone: ReadonlySet<number>,
): Row<T>[] {
  const goneAfter = Map.groupBy(
    [...gone].sort((one, other) => one - other),
    (index) => {
      let place = index - 1;
      while (gone.has(place)) place -= 1;
      return place;
    },
  );
  const removedAfter = (place: number): Row<T>[] =>
    (goneAfter.get(place) ?? []).flatMap((index) => {
      const was = before[index];
      return was === undefined ? [] : [{ kind: 'removed', was, is: null }];
    });
  return [
    ...removedAfter(-1),
    ...after.flatMap((is, index): Row<T>[] => {
      const pair = pairs.get(index);
      const was = pair === undefined ? undefined : before[pair.was];
      if (pair === undefined || was === undefined) return [{ kind: 'added', was: null, is }];
      return [{ kind: pair.kind, was, is }, ...removedAfter(pair.was)];
    }),
  ];
}
