import type { Segment } from '../../../workflows/contracts/transcript.ts';

/**
 * The place of the segment that is heard at a time, in seconds: the last one that has begun. -1: none has. Segments without
 * a time are passed over.
 */
export function segmentAt(segments: readonly Segment[], seconds: number): number {
  let [low, high] = [0, segments.length - 1];
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const start = segments[middle]?.start ?? null;
    if (start !== null && start <= seconds + 0.05) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}
