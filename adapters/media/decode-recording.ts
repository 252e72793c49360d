import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SAMPLE_RATE, type HeardSound } from '../../workflows/contracts/chunk-plan.ts';
import type { DecodeOptions } from './decode-options.ts';
import { decodeStream } from './decode-stream.ts';
import { joined, type Stretch } from './find-damage.ts';
import { groupTracks } from './group-tracks.ts';
import type { MediaBinaries } from './media-binaries.ts';
import { UnreadableAudioError, UnusableRecordingError } from './media-errors.ts';
import { append, mix, padTo, samplesOf, sideBySide, toSampleCount } from './pcm-files.ts';
import type { ProbedPart } from './probe-part.ts';
import type { ProbedRecording } from './probe-recording.ts';
import { probeRecordings } from './probe-recordings.ts';
import { LONGEST_RECORDING_SECONDS } from './recording-clock.ts';
import { createSoundLevels } from './sound-levels.ts';

/**
 * Versions of the samples of a recording: part of every chunk's identity. Version 1 heard the first stream as ffmpeg mixes
 * it; recordings whose samples are the same today keep it, and with it the answers that were paid for. Version 2 left out
 * the silence of pauses above 10 s in MPEG-TS, MPEG-PS and Ogg, and put what follows a lost page of Speex or FLAC in Ogg a
 * page early; recordings that have neither keep it.
 */
const PLAIN_PREPARATION = 1;
const PREPARATION = 2;
const PREPARATION_WITH_NEW_TIMES = 3;

export interface DecodedRecording {
  /** Of all tracks, which lie in the file one after the other. */
  readonly samples: number;
  readonly preparationVersion: number;
  readonly sound: HeardSound;
}

type HeardTrack = HeardSound['tracks'][number];
type Channels = HeardTrack['heard'][number];

interface Track extends Omit<HeardTrack, 'startSample'> {
  readonly path: string;
}

/**
 * Decodes all sound of a recording to 16 kHz mono s16le at `pcmPath`, with constant memory: every part, stream and channel.
 * Throws `UnreadableAudioError` if nothing can be read, `MediaMachineError` for trouble of this machine. Needs `pcmPath`'s
 * folder for files of its own and leaves a failed attempt there, to be removed with the caller's scratch folder.
 */
export async function decodeRecording(input: {
  /** Of a file, or of several that follow one another. */
  readonly path: string | readonly string[];
  readonly pcmPath: string;
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called about twice a second with the seconds decoded so far of the stream at hand. */
  readonly onProgress?: (decodedSeconds: number) => void;
  readonly binaries?: MediaBinaries;
}): Promise<DecodedRecording> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS, pcmPath } = input;
  const options: DecodeOptions = { ...input, maxSeconds };
  const files = await probeAgain(input);
  const parts = files.flatMap((file) => file.parts);
  const firstParts = new Set(files.map((file) => file.parts[0]));
  const folder = dirname(pcmPath);

  const leftOut: HeardSound['leftOut'][number][] = [];
  const tracks: { path: string; heard: Channels[]; damage: Stretch[] }[] = [];
  const disagreements: NonNullable<HeardSound['disagreements']>[number][] = [];
  let isPlain = parts.length === 1;
  let hasNewTimes = false;
  const fileStarts: number[] = [];
  const unopened: Stretch[] = [];
  let samples = 0;
  let readableSeconds = 0;
  for (const [index, part] of parts.entries()) {
    const offset = samples / SAMPLE_RATE;
    if (firstParts.has(part)) fileStarts.push(offset);
    if (part.streams.length === 0) {
      unopened.push({ start: offset, end: offset + part.seconds });
      samples += toSampleCount(part.seconds);
      await Promise.all(tracks.map(({ path }) => padTo(path, samples)));
      continue;
    }
    const decoded = await decodePart(part, index + 1, join(folder, `part-${index + 1}`), options);
    isPlain &&= decoded.isPlain;
    readableSeconds += decoded.readableSeconds;
    hasNewTimes ||= decoded.hasNewTimes;
    leftOut.push(...decoded.leftOut);
    disagreements.push(
      ...decoded.disagreements.map(({ at, ...one }) => ({
        ...one,
        ...(at !== undefined && { at: at + offset }),
      })),
    );
    const lengths = await Promise.all(decoded.tracks.map(({ path }) => samplesOf(path)));
    const length = Math.max(...lengths);
    for (const [number, { path, heard, damage }] of decoded.tracks.entries()) {
      const empty = { path: join(folder, `track-${number}.s16le`), heard: [], damage: [] };
      const track = (tracks[number] ??= empty);
      track.heard.push(...heard);
      track.damage.push(
        ...damage.map(({ start, end }) => ({ start: start + offset, end: end + offset })),
      );
      if (samples === 0) await rename(path, track.path);
      else {
        await padTo(track.path, samples);
        await append(path, track.path);
      }
    }
    samples += length;
    // Before the next part: each may be as long as allowed.
    if (samples > maxSeconds * SAMPLE_RATE) {
      throw new UnreadableAudioError(
        `the recording is longer than its header says, and longer than ${maxSeconds} s. Cut it into parts and submit each.`,
      );
    }
    await Promise.all(tracks.map(({ path }) => padTo(path, samples)));
    await rm(join(folder, `part-${index + 1}`), { recursive: true });
  }
  if (readableSeconds < LEAST_READABLE_SECONDS) {
    throw new UnreadableAudioError(
      'the recording is damaged or shorter than 0.2 s: nothing of it can be read. Export or copy it again and submit the result.',
    );
  }
  const [first, ...others] = tracks;
  if (first) await rename(first.path, pcmPath);
  for (const { path } of others) {
    await append(path, pcmPath);
    await rm(path);
  }
  return {
    samples: samples * tracks.length,
    preparationVersion: hasNewTimes
      ? PREPARATION_WITH_NEW_TIMES
      : isPlain && tracks.every(({ damage }) => damage.length === 0)
        ? PLAIN_PREPARATION
        : PREPARATION,
    sound: {
      tracks: tracks.map(({ heard, damage }, index) => ({
        startSample: index * samples,
        heard,
        // What is lost at the end of a part can reach a little into the next.
        damage: joined([...damage, ...unopened]),
      })),
      leftOut,
      cut: parts.some(({ cut }) => cut),
      ...(disagreements.length > 0 && { disagreements }),
      ...(files.length > 1 && { fileStarts }),
    },
  };
}

/** Less is the noise that a decoder makes of broken bytes. */
const LEAST_READABLE_SECONDS = 0.2;

async function probeAgain(
  input: Parameters<typeof decodeRecording>[0],
): Promise<readonly ProbedRecording[]> {
  try {
    return await probeRecordings([input.path].flat(), input);
  } catch (error) {
    if (!(error instanceof UnusableRecordingError)) throw error;
    throw new UnreadableAudioError(
      `the recording cannot be used (${error.reason}). Export or copy it again and submit the result.`,
    );
  }
}

/** The tracks of one part: its streams and channels, grouped by what they hear. */
async function decodePart(
  part: ProbedPart,
  number: number,
  folder: string,
  options: DecodeOptions,
): Promise<{
  readonly tracks: readonly Track[];
  readonly leftOut: HeardSound['leftOut'];
  readonly disagreements: NonNullable<HeardSound['disagreements']>;
  readonly readableSeconds: number;
  readonly isPlain: boolean;
  readonly hasNewTimes: boolean;
}> {
  await mkdir(folder);
  let readableSeconds = 0;
  let changes = false;
  let hasNewTimes = false;
  const disagreements: NonNullable<HeardSound['disagreements']>[number][] = [];
  const leftOut: HeardSound['leftOut'][number][] = [];
  const tracks: Track[] = [];
  for (const [index, stream] of part.streams.entries()) {
    const of = { part: number, stream: index + 1 };
    const decoded = await decodeStream(part, stream, folder, options);
    readableSeconds += decoded.readableSeconds;
    changes ||= decoded.changes;
    hasNewTimes ||= decoded.hasNewTimes;
    if (decoded.disagreement) {
      const { at, ...lengths } = decoded.disagreement;
      disagreements.push({ ...of, ...(at !== null && { at }), ...lengths });
    }
    for (const { track, reason } of decoded.leftOut) {
      leftOut.push({ ...of, channels: [track + 1], reason });
    }
    for (const { path, channels } of decoded.files) {
      const heard = [{ ...of, channels: channels.map(({ track }) => track + 1) }];
      tracks.push({ path, heard, damage: decoded.damage });
    }
  }
  const [only] = tracks;
  const isPlain =
    tracks.length === 1 &&
    leftOut.length === 0 &&
    !changes &&
    part.streams.every(({ channels, startSeconds }) => channels <= 2 && startSeconds === 0);
  if (part.streams.length === 1 || !only) {
    return { tracks, leftOut, disagreements, readableSeconds, isPlain, hasNewTimes };
  }

  const grouping = groupTracks(tracks.length, await listen(tracks, part.seconds));
  for (const { track, reason } of grouping.leftOut) {
    for (const heard of tracks[track]?.heard ?? []) leftOut.push({ ...heard, reason });
  }
  const grouped: Track[] = [];
  for (const [index, { members }] of grouping.groups.entries()) {
    const chosen = members.flatMap(({ track, sign }) => {
      const one = tracks[track];
      return one ? [{ ...one, weight: sign / Math.sqrt(members.length) }] : [];
    });
    const path = join(folder, `mix-${index}.s16le`);
    const [single] = chosen;
    if (chosen.length === 1 && single) await rename(single.path, path);
    else await mix(chosen, path);
    grouped.push({
      path,
      heard: chosen.flatMap(({ heard }) => heard),
      damage: joined(chosen.flatMap(({ damage }) => damage)),
    });
  }
  return {
    tracks: grouped,
    leftOut,
    disagreements,
    readableSeconds,
    isPlain: false,
    hasNewTimes,
  };
}

async function listen(tracks: readonly Track[], seconds: number) {
  const levels = createSoundLevels(tracks.length);
  const paths = tracks.map(({ path }) => path);
  const longest = Math.max(...(await Promise.all(paths.map(samplesOf))));
  // What the container says rounds up by some frames; a broken clock says hours.
  const samples = Math.min(toSampleCount(seconds), longest + SAMPLE_RATE);
  await Promise.all(paths.map((path) => padTo(path, samples)));
  for await (const blocks of sideBySide(paths, SAMPLE_RATE / 10)) {
    levels.add(blocks.map((block) => Float32Array.from(block, (value) => value / 32_768)));
  }
  return levels;
}
