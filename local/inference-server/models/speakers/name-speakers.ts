import { product, type VoiceClusters } from './cluster-voices.ts';
import {
  FIRST_MIDDLE,
  FRAME_SECONDS,
  FRAME_WEIGHTS,
  LOCAL_SPEAKERS,
  WINDOW_FRAMES,
  windowStart,
  type Activity,
  type LocalActivity,
} from './segmentation.ts';
import { frameTime, type VoiceWindow } from './speech-windows.ts';
import { unit } from './voice-vectors.ts';

/** In seconds; speakers are numbered from 0 in the order in which they first speak. */
export interface SpeakerTurn {
  readonly start: number;
  readonly end: number;
  readonly speaker: number;
}

/**
 * Gives each frame as many speakers as speak in it: first the one whose voice was found there, then those whom the
 * segmentation hears, by their probability over its windows. Its speakers are known in one window only, so each takes the
 * voice that is most like its own speech there, two of one window never the same.
 */
export function nameSpeakers(
  { counts, windows, seconds }: Activity,
  voices: readonly VoiceWindow[],
  vectors: Float32Array,
  { labels, centres }: VoiceClusters,
): SpeakerTurn[] {
  const speakers = centres.length;
  const voiceOf = voiceOfFrames(voices, counts.length);
  const turns = createTurns(speakers, seconds);
  // Sums over the windows so far of the frames that later windows may still change.
  const sums = new Float32Array(WINDOW_FRAMES * speakers);
  windows.forEach((window, index) => {
    const start = windowStart(index);
    const names = namesOf(window, voiceOf.subarray(start), vectors, centres);
    for (let at = 0; at < WINDOW_FRAMES; at += 1) {
      const weight = FRAME_WEIGHTS[at] ?? 0;
      names.forEach((speaker, member) => {
        if (speaker < 0) return;
        const probability = (window.probabilities[at * LOCAL_SPEAKERS + member] ?? 0) / 255;
        const place = at * speakers + speaker;
        sums[place] = (sums[place] ?? 0) + weight * probability;
      });
    }
    const isLast = index === windows.length - 1;
    const finished = isLast ? WINDOW_FRAMES : windowStart(index + 1) - start;
    for (let at = 0; at < finished; at += 1) {
      const voice = voiceOf[start + at] ?? -1;
      const scores = sums.subarray(at * speakers, (at + 1) * speakers);
      const own = voice < 0 ? -1 : (labels[voice] ?? -1);
      turns.add(start + at, chosen(scores, own, counts[start + at] ?? 0));
    }
    sums.copyWithin(0, finished * speakers);
    sums.fill(0, (WINDOW_FRAMES - finished) * speakers);
  });
  return turns.finish();
}

/** The voice window that stands for each frame; -1: none does. */
function voiceOfFrames(voices: readonly VoiceWindow[], frames: number): Int32Array {
  const voiceOf = new Int32Array(frames).fill(-1);
  voices.forEach(({ standsFor: { start, end } }, voice) => {
    const from = Math.max(0, Math.floor((start - FIRST_MIDDLE) / FRAME_SECONDS));
    voiceOf.fill(voice, from, Math.ceil((end - FIRST_MIDDLE) / FRAME_SECONDS));
  });
  return voiceOf;
}

/** Which speaker each of a window's three is; -1: none of them. */
function namesOf(
  { speaking }: LocalActivity,
  voiceOf: Int32Array,
  vectors: Float32Array,
  centres: readonly Float32Array[],
): readonly number[] {
  const width = centres[0]?.length ?? 0;
  const alike = Array.from({ length: LOCAL_SPEAKERS }, (_, member) => {
    const alone = framesByVoice(speaking, voiceOf, (who) => who === 1 << member);
    const any = framesByVoice(speaking, voiceOf, (who) => (who & (1 << member)) !== 0);
    const spoken = alone.size > 0 ? alone : any;
    if (spoken.size === 0) return null;
    const sum = new Float32Array(width);
    for (const [voice, frames] of spoken) {
      for (let at = 0; at < width; at += 1) {
        sum[at] = (sum[at] ?? 0) + frames * (vectors[voice * width + at] ?? 0);
      }
    }
    const own = unit(sum);
    return centres.map((centre) => product(own, centre));
  });
  return bestNames(alike);
}

function framesByVoice(
  speaking: Uint8Array,
  voiceOf: Int32Array,
  counts: (who: number) => boolean,
): ReadonlyMap<number, number> {
  const frames = new Map<number, number>();
  speaking.forEach((who, at) => {
    const voice = voiceOf[at] ?? -1;
    if (voice >= 0 && counts(who)) frames.set(voice, (frames.get(voice) ?? 0) + 1);
  });
  return frames;
}

/**
 * The speakers of a window's three so that together they are most alike; -1 where there is nobody, or nobody who is alike.
 * Only each one's three best can be in the best answer.
 */
export function bestNames(alike: readonly (readonly number[] | null)[]): readonly number[] {
  let best: readonly number[] = [];
  let most = -Infinity;
  const choose = (chosenSoFar: readonly number[], sum: number): void => {
    const row = alike[chosenSoFar.length];
    if (row === undefined) {
      if (sum > most) [most, best] = [sum, chosenSoFar];
      return;
    }
    const candidates = (row ?? [])
      .map((value, speaker) => ({ value, speaker }))
      .filter(({ value, speaker }) => value > 0 && !chosenSoFar.includes(speaker))
      .toSorted((a, b) => b.value - a.value)
      .slice(0, alike.length);
    for (const { value, speaker } of candidates) choose([...chosenSoFar, speaker], sum + value);
    choose([...chosenSoFar, -1], sum);
  };
  choose([], 0);
  return best;
}

/** Up to `count` speakers: `own` first, then those with the highest scores above 0. */
function chosen(scores: Float32Array, own: number, count: number): ReadonlySet<number> {
  const speakers = new Set<number>();
  if (count > 0 && own >= 0) speakers.add(own);
  while (speakers.size < count) {
    let best = -1;
    let most = 0;
    scores.forEach((score, speaker) => {
      if (score > most && !speakers.has(speaker)) [most, best] = [score, speaker];
    });
    if (best < 0) break;
    speakers.add(best);
  }
  return speakers;
}

/** Joins frames to turns. */
function createTurns(speakers: number, seconds: number) {
  const since = new Int32Array(speakers).fill(-1);
  const turns: SpeakerTurn[] = [];
  const end = (speaker: number, frame: number): void => {
    const start = frameTime(since[speaker] ?? 0);
    since[speaker] = -1;
    const stop = Math.min(frameTime(frame), seconds);
    if (stop > start) turns.push({ start, end: stop, speaker });
  };
  let next = 0;
  return {
    add: (frame: number, who: ReadonlySet<number>): void => {
      for (let speaker = 0; speaker < speakers; speaker += 1) {
        const spoke = (since[speaker] ?? -1) >= 0;
        if (who.has(speaker) && !spoke) since[speaker] = frame;
        if (!who.has(speaker) && spoke) end(speaker, frame);
      }
      next = frame + 1;
    },
    finish: (): SpeakerTurn[] => {
      since.forEach((frame, speaker) => {
        if (frame >= 0) end(speaker, next);
      });
      const sorted = turns.toSorted((a, b) => a.start - b.start || a.end - b.end);
      const order = [...new Set(sorted.map(({ speaker }) => speaker))];
      return sorted.map((turn) => ({ ...turn, speaker: order.indexOf(turn.speaker) }));
    },
  };
}
