/** A stretch of a recording, in seconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds in the log of ffmpeg where sound is missing. Each frame that comes out of the decoder is logged with its time
 * (`ashowinfo`), and errors stand between the frames: what is missing around an error is damage. A pause in the time stamps
 * without an error is one that the recorder made. Errors of opening the file have no place: they make every pause damage.
 * Times count from `firstSeconds`, the time of the first packet as ffmpeg
 * counts: the first frame comes later where the beginning is damaged.
 *
 * A frame's time is its count of samples: ffmpeg prints seconds with six digits, which is tenths after three hours.
 */
export function createDamageFinder(firstSeconds: number): {
  readonly readLine: (line: string) => void;
  /** In order, not touching. */
  readonly damage: () => readonly Stretch[];
  /** When the first frame begins. */
  readonly beganSeconds: () => number;
  /** When the last frame ends. */
  readonly reachedSeconds: () => number;
  /** The longest pause of more than a second in the time stamps, damage or not. */
  readonly longestPause: () => Stretch | undefined;
} {
  const marks: Stretch[] = [];
  const pauses: Stretch[] = [];
  let began: number | undefined;
  let reached = 0;
  let isOpen = false;
  let foundWhileOpening = false;
  return {
    readLine: (line) => {
      if (OPENED.test(line)) isOpen = true;
      const frame = FRAME.exec(line);
      if (frame) {
        const rate = Number(frame[2]);
        const start = Number(frame[1]) / rate - firstSeconds;
        began ??= start;
        if (start - reached > SHORTEST_PAUSE_SECONDS) pauses.push({ start: reached, end: start });
        // ffmpeg finds the frames of damaged FLAC in the wrong order, without an error.
        if (reached - start > SHORTEST_PAUSE_SECONDS) marks.push({ start, end: reached });
        reached = start + Number(frame[3]) / rate;
      } else if (ERROR.test(line) && !isOpen) foundWhileOpening = true;
      else if (ERROR.test(line)) {
        marks.push({ start: Math.max(0, reached - MARK_SECONDS), end: reached + MARK_SECONDS });
      }
    },
    beganSeconds: () => began ?? 0,
    reachedSeconds: () => reached,
    longestPause: () =>
      pauses
        .filter(({ start, end }) => end - start > 1)
        .toSorted((a, b) => b.end - b.start - (a.end - a.start))[0],
    damage: () =>
      joined([
        ...marks,
        ...pauses.filter(
          ({ start }) =>
            foundWhileOpening ||
            marks.some((mark) => start >= mark.start && start <= mark.end + AHEAD_SECONDS),
        ),
      ]),
  };
}

/** ffmpeg opens a file by looking at its beginning and its end: errors before this line tell no place. */
const OPENED = /^\[info\] Input #0, /;

// Only the beginning of a line is ffmpeg's own: the tags of a recording stand in the log, too.
const FRAME =
  /^\[Parsed_ashowinfo_\d+ @ \w+\] \[info\] n:\d+ pts:(-?\d+) .* rate:(\d+) nb_samples:(\d+)/;
/** Damage that demuxers skip is a warning to some of them. */
const ERROR =
  /(?:^|\r)(?:\[[^\]]+ @ \w+\] )*(?:\[(?:error|fatal)\]|\[warning\] .*(?:CRC mismatch|exceeds containing master element|EBML number))/;

/** Two frames of any usual codec; what is lost with one error. */
const MARK_SECONDS = 0.05;
const SHORTEST_PAUSE_SECONDS = 0.05;

/** ffmpeg reads a little ahead of what it decodes, so an error can stand before the last whole frames. */
const AHEAD_SECONDS = 0.5;

/** Joins stretches that touch or overlap. */
export function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    } else result.push({ start, end });
  }
  return result;
}
