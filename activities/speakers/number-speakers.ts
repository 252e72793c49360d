/**
 * Replaces the labels of voices by the ids of speakers: `S1`, `S2`, … in the order in which they first speak. The same
 * label is the same speaker over the whole recording.
 *
 * @param ids of the labels that were numbered before; those that are new are added
 */
export function numberSpeakers<T extends { readonly speaker: string | null }>(
  segments: readonly T[],
  ids = new Map<string, string>(),
): (Omit<T, 'speaker'> & { speaker: string | null })[] {
  return segments.map((segment) => {
    const { speaker: label } = segment;
    if (label === null) return { ...segment, speaker: null };
    const id = ids.get(label) ?? `S${ids.size + 1}`;
    ids.set(label, id);
    return { ...segment, speaker: id };
  });
}
