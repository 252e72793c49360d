import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { voiceOf } from '../activities/transcript/doubts-of.ts';
import { mergeTranscript } from '../activities/transcript/merge-transcript.ts';
import type { SettledChunk } from '../activities/transcript/settle-chunk.ts';
import type { Span } from '../activities/transcript/wordless-voice.ts';
import { decodeRecording } from '../adapters/media/decode-recording.ts';
import type { MediaBinaries } from '../adapters/media/media-binaries.ts';
import { toSampleCount } from '../adapters/media/pcm-files.ts';
import { planRecording } from '../adapters/media/plan-recording.ts';
import {
  recordingTime,
  SAMPLE_RATE,
  type ChunkPlan,
  type PlannedChunk,
} from '../workflows/contracts/chunk-plan.ts';
import type { Turn } from './diarization-error.ts';

/** Two people, each with a microphone and a channel of their own. */
export interface TwoChannelRecording {
  readonly path: string;
  readonly reference: readonly Turn[];
  /** What each of them said, at its time, without the other. */
  readonly voices: ReadonlyMap<string, Int16Array>;
}

/** How the next one begins: before the other has ended, and after a pause. In turns. */
const GAPS_SECONDS = [-0.8, 0.4, -0.3];

/**
 * Makes a recording of two channels out of a reading in which one speaks after the other: the turns of the two who speak
 * most, each in the channel of its speaker, as a dialogue in which they interrupt each other.
 *
 * @param most turns of each; default: as many as both have
 */
export async function recordTwoChannels(
  reading: { readonly path: string; readonly reference: readonly Turn[] },
  {
    folder,
    ffmpeg,
    most = Infinity,
  }: { readonly folder: string; readonly ffmpeg: string; readonly most?: number },
): Promise<TwoChannelRecording> {
  const run = promisify(execFile);
  const pcm = ['-f', 's16le', '-ar', String(SAMPLE_RATE)];
  const [from, both] = [join(folder, 'reading.s16le'), join(folder, 'two-channels.s16le')];
  const path = join(folder, 'two-channels.flac');
  await run(ffmpeg, [...QUIETLY, '-i', reading.path, ...pcm, '-ac', '1', from]);
  const sound = asSamples(await readFile(from));
  const turns = dialogueOf(reading.reference, most);
  const length = toSampleCount(1 + Math.max(...turns.map(({ end }) => end)));
  const voices = new Map<string, Int16Array>();
  for (const { speaker, start, end, readAt } of turns) {
    const voice = voices.get(speaker) ?? new Int16Array(length);
    voices.set(speaker, voice);
    const said = sound.subarray(toSampleCount(readAt), toSampleCount(readAt + end - start));
    voice.set(said, toSampleCount(start));
  }
  await writeFile(both, interleaved([...voices.values()], length));
  await run(ffmpeg, [...QUIETLY, ...pcm, '-ac', '2', '-i', both, path]);
  return { path, reference: turns, voices };
}

const QUIETLY = ['-v', 'error', '-nostdin', '-y'];

/** With the time at which it was read. */
function dialogueOf(
  reference: readonly Turn[],
  most: number,
): (Turn & { readonly readAt: number })[] {
  const bySpeaker = Map.groupBy(reference, ({ speaker }) => speaker);
  const secondsOf = (turns: readonly Turn[]) =>
    turns.reduce((sum, { start, end }) => sum + end - start, 0);
  const [one = [], other = []] = [...bySpeaker.values()].toSorted(
    (a, b) => secondsOf(b) - secondsOf(a),
  );
  const count = Math.min(most, one.length, other.length);
  const inTurn = one.slice(0, count).flatMap((turn, at) => [turn, ...other.slice(at, at + 1)]);
  const ends = new Map<string, number>();
  let last = 1;
  return inTurn.map(({ start: readAt, end: readUntil, speaker }, at) => {
    const gap = GAPS_SECONDS[at % GAPS_SECONDS.length] ?? 0;
    // Nobody speaks over their own words.
    const start = Math.max(last + gap, (ends.get(speaker) ?? 0) + 0.3);
    const end = start + readUntil - readAt;
    ends.set(speaker, end);
    last = end;
    return { start, end, speaker, readAt };
  });
}

function interleaved(voices: readonly Int16Array[], length: number): Buffer {
  const both = new Int16Array(length * voices.length);
  voices.forEach((voice, channel) =>
    voice.forEach((value, at) => (both[at * voices.length + channel] = value)),
  );
  return Buffer.from(both.buffer);
}

const asSamples = (bytes: Buffer): Int16Array =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

/** The segments of a transcript, as who spoke when. */
export interface HeardApart {
  readonly tracks: number;
  readonly seconds: number;
  /** Of a transcriber that gives the time of every turn that can be heard in a chunk exactly. */
  readonly byWords: readonly Turn[];
  /** Of one that hears words wherever the voice detector hears voice. */
  readonly byVoice: readonly Turn[];
}

/**
 * Takes a recording of two channels through what a job does with it before and after transcription: it is decoded, its
 * channels are told apart, its chunks are planned, and the segments of each are given to speakers. No model is asked: what
 * a transcriber would answer is made of the sound that it would be sent.
 */
export async function hearApart(
  { path, reference, voices }: TwoChannelRecording,
  { folder, binaries }: { readonly folder: string; readonly binaries: MediaBinaries },
): Promise<HeardApart> {
  const pcmPath = join(folder, 'tracks.s16le');
  const decoded = await decodeRecording({ path, pcmPath, binaries });
  const plan = await planRecording({
    ...decoded,
    pcmPath,
    limitSeconds: 28,
    sourceSha256: 'a'.repeat(64),
  });
  const sound = asSamples(await readFile(pcmPath));
  const audible = (chunk: PlannedChunk): Span[] =>
    reference.flatMap((turn) => {
      const span = within(plan, chunk, turn);
      const voice = voices.get(turn.speaker);
      return span !== null && voice !== undefined && isIn(sound, plan, chunk, span, voice)
        ? [span]
        : [];
    });
  return {
    tracks: plan.sound?.tracks.length ?? 1,
    seconds: decoded.samples / SAMPLE_RATE / (plan.sound?.tracks.length ?? 1),
    byWords: speakersOf(plan, audible),
    byVoice: speakersOf(plan, (chunk) => voiceOf(chunk) ?? []),
  };
}

function speakersOf(plan: ChunkPlan, spokenIn: (chunk: PlannedChunk) => readonly Span[]): Turn[] {
  const settled = plan.chunks
    .filter(({ speech }) => speech)
    .map((chunk): readonly [number, SettledChunk] => {
      const pieces = spokenIn(chunk).map((span) => ({ ...span, ...SOME_WORDS }));
      return [chunk.index, { pieces, wordless: [], untimedSeconds: 0 }];
    });
  return mergeTranscript(plan, new Map(settled), null).segments.map(({ start, end, speaker }) => ({
    start: start ?? 0,
    end: end ?? 0,
    speaker: speaker ?? 'nobody',
  }));
}

const SOME_WORDS = {
  text: 'Some words.',
  language: null,
  isTimeEstimated: false,
  mayBeInvented: false,
} as const;

/** The part of a turn that is said during a chunk, whatever its track, in seconds of the chunk. */
function within(plan: ChunkPlan, chunk: PlannedChunk, turn: Turn): Span | null {
  const from = recordingTime(plan, chunk.startSample);
  const length = (chunk.endSample - chunk.startSample) / SAMPLE_RATE;
  const [start, end] = [Math.max(0, turn.start - from), Math.min(length, turn.end - from)];
  return end > start ? { start, end } : null;
}

/** Whether what was said is in the sound of a chunk: by their correlation. */
function isIn(
  sound: Int16Array,
  plan: ChunkPlan,
  { startSample }: PlannedChunk,
  { start, end }: Span,
  voice: Int16Array,
): boolean {
  const inVoice = toSampleCount(recordingTime(plan, startSample));
  let [product, heard, said] = [0, 0, 0];
  for (let at = toSampleCount(start); at < toSampleCount(end); at += 1) {
    const [a, b] = [sound[startSample + at] ?? 0, voice[inVoice + at] ?? 0];
    product += a * b;
    heard += a * a;
    said += b * b;
  }
  return product > 0.5 * Math.sqrt(heard * said) && said > 0;
}
