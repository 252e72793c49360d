import type { SoundLevels } from './sound-levels.ts';

/** Tracks of sound that are heard as one. */
export interface TrackGroup {
  /** Each with its sign: -1 where adding it as it is would cancel the first. */
  readonly members: readonly { readonly track: number; readonly sign: 1 | -1 }[];
}

export interface Grouping {
  readonly groups: readonly TrackGroup[];
  readonly leftOut: readonly { readonly track: number; readonly reason: 'silent' | 'duplicate' }[];
}

/**
 * Decides which of several tracks (channels of a stream, or streams) are heard together. Those that hear the same room are
 * mixed; those that carry different speakers stay apart, because a transcriber hears only one of two who speak at the same
 * time. Silent tracks and copies of another that is no softer are left out; if all are silent, the first is kept.
 */
export function groupTracks(tracks: number, levels: SoundLevels): Grouping {
  const groups: { track: number; sign: 1 | -1 }[][] = [];
  const leftOut: Grouping['leftOut'][number][] = [];
  for (let track = 0; track < tracks; track += 1) {
    if (levels.isSilent(track)) {
      leftOut.push({ track, reason: 'silent' });
      continue;
    }
    const copy = groups
      .flat()
      .find((one) => Math.abs(levels.correlation(one.track, track)) >= SAME);
    if (copy) {
      const back = levels.correlation(track, copy.track);
      const isBetter = levels.power(track) > LOUDER * levels.power(copy.track);
      const takesItsPlace = isBetter && Math.abs(back) >= SAME;
      leftOut.push({ track: takesItsPlace ? copy.track : track, reason: 'duplicate' });
      if (takesItsPlace) {
        copy.track = track;
        if (back < 0) copy.sign = copy.sign === 1 ? -1 : 1;
      }
      continue;
    }
    const group =
      groups.find((members) => members.some((one) => levels.hear(one.track, track))) ??
      (groups.length < MOST_GROUPS ? undefined : groups.at(-1));
    if (group === undefined) {
      groups.push([{ track, sign: 1 }]);
      continue;
    }
    const [first = { track, sign: 1 as const }] = group;
    group.push({ track, sign: levels.correlation(first.track, track) < OPPOSITE ? -1 : 1 });
  }
  if (groups.length > 0) return { groups: groups.map((members) => ({ members })), leftOut };
  return {
    groups: [{ members: [{ track: 0, sign: 1 }] }],
    leftOut: leftOut.filter(({ track }) => track !== 0),
  };
}

/** Copies that a codec or a gain changed stay above it; two microphones in one room stay far below. */
const SAME = 0.98;

/** 6 dB: what leaks into a neighbouring channel is a copy as well, and too soft to be understood. */
const LOUDER = 4;

/** Below it, a part of the sound would cancel. */
const OPPOSITE = -0.3;

/** Each is transcribed by itself. Whoever records more keeps the rest together with the last. */
const MOST_GROUPS = 16;
