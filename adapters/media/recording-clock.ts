/** A day. The extra minute is for players that count the last frames differently. */
export const LONGEST_RECORDING_SECONDS = 86_460;

/**
 * Pauses in the time stamps are followed, however long a recording may be. By itself, ffmpeg takes those above 10 s in
 * MPEG-TS, MPEG-PS and Ogg for another count, and drops them. A longer leap is a broken clock: what follows stands
 * behind what was heard.
 */
export const CLOCK_LIMITS: readonly string[] = [
  '-dts_delta_threshold',
  '-dts_error_threshold',
].flatMap((option) => [option, String(LONGEST_RECORDING_SECONDS)]);

/**
 * A filter. Time stamps that step back, or stand still while sound goes on, would make `aresample` drop as much sound. Such
 * a frame follows the one before it; after more than a second it begins another count, as stamps do after a lost
 * connection. A clock that is up to a hundredth slow is none of this. With `tell`, pauses that `hasLongPause` finds are
 * printed in the log, as errors, because those are always logged.
 */
export const forwardClock = (tell: boolean): string =>
  `asetpts='${[
    // 0: what is added to the stamps; 1: the end of the frame before; 2: the time of this one; 3: its length; 4: a pause
    // before the last one. Past the last frame, the filter counts once more: only a pause before a frame is told.
    ...(tell ? ['if(ld(4),print(ld(4),16),0)'] : []),
    'st(3,NB_SAMPLES/(SR*TB))',
    'st(2,PTS+ld(0))',
    'st(0,if(gt(N,0)*lt(ld(2),ld(1)-1/TB),ld(1)-PTS,ld(0)))',
    'st(2,PTS+ld(0))',
    'st(2,if(gt(N,0)*lt(ld(2),ld(1)-0.1/TB),ld(1),ld(2)))',
    ...(tell
      ? [`st(4,if(gt(N,0)*gt(ld(2),ld(1)+${LONG_PAUSE_SECONDS}/TB),(ld(2)-ld(1))*TB,0))`]
      : []),
    'st(1,ld(3)+if(gt(N,0),max(ld(2),ld(1)-0.01*ld(3)),ld(2)))',
    'ld(2)',
  ].join(';')}'`;

/** ffmpeg's `dts_delta_threshold` is 10 s by itself, counted from packets, whose ends differ a little from those of frames. */
export const LONG_PAUSE_SECONDS = 9.9;

/** Whether the log of `forwardClock(true)` tells a pause of more than 10 s. */
export const hasLongPause = (log: string): boolean =>
  /^(?:\[Eval @ \w+\] )?\d+\.\d{6}\r?$/m.test(log);

/** Containers whose pauses above 10 s ffmpeg drops by itself. */
export const DROPS_LONG_PAUSES = /^(?:mpeg|mpegts|ogg)$/;
