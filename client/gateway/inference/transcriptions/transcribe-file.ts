import pMap from 'p-map';
import { hashFile } from '../../../../adapters/identity/digest.ts';
import { toEngineLanguage } from '../../../../adapters/inference/protocols/reading/iso-language.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { decodeRecording } from '../../../../adapters/media/decode-recording.ts';
import { encodeChunks } from '../../../../adapters/media/encode-chunk.ts';
import type { MediaBinaries } from '../../../../adapters/media/media-binaries.ts';
import { planRecording } from '../../../../adapters/media/plan-recording.ts';
import {
  recordingSeconds,
  recordingTime,
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../../../workflows/contracts/chunk-plan.ts';
import {
  transcribeAnswerSchema,
  type TranscribeAnswer,
} from '../../../../workflows/contracts/stored-results.ts';
import type { ServiceConnections } from '../../../service-connections.ts';
import { answerRequest, type Answered } from '../answer-request.ts';
import type { Asker } from '../call-target.ts';
import { requestKey } from '../request-key.ts';

/** What was heard in a file; times in seconds from its start. */
export interface HeardFile {
  readonly durationSeconds: number;
  /** As the engine says, or as it was asked for; null: neither. */
  readonly language: string | null;
  readonly text: string;
  readonly segments: readonly TranscribeAnswer['segments'][number][];
  /** Null: they were not asked for. */
  readonly words: readonly NonNullable<TranscribeAnswer['words']>[number][] | null;
  /** Of each chunk; none where nobody speaks. */
  readonly answers: readonly Answered[];
}

/**
 * Transcribes a file as a job does: decoded, cut at pauses so that every target takes each chunk, and without silence. Each
 * chunk is a call of its own, and is kept. Throws `UnreadableAudioError`, `MediaMachineError` and what `answerRequest`
 * throws.
 */
export async function transcribeFile(
  services: ServiceConnections,
  asked: {
    readonly asker: Asker;
    readonly targets: readonly [Target, ...Target[]];
    readonly mayBeKept: boolean;
    readonly path: string;
    readonly folder: string;
    readonly language: string | null;
    readonly words: boolean;
    readonly binaries: MediaBinaries;
    readonly signal: AbortSignal;
  },
): Promise<HeardFile> {
  const { asker, targets, mayBeKept, path, folder, language, words, binaries, signal } = asked;
  const pcmPath = `${folder}/audio.s16le`;
  const { sha256 } = await hashFile(path, { signal });
  const maxSeconds = LONGEST_SECONDS;
  const decoded = await decodeRecording({ path, pcmPath, maxSeconds, binaries, signal });
  const limitSeconds = Math.min(
    LONGEST_CHUNK_SECONDS,
    ...targets.map(({ audioSeconds }) => audioSeconds ?? Infinity),
  );
  const plan = await planRecording({
    ...decoded,
    pcmPath,
    limitSeconds,
    sourceSha256: sha256,
    signal,
  });
  const spoken = plan.chunks.filter(({ speech }) => speech);
  const audio = await encodeChunks({ pcmPath, chunks: spoken, signal, binaries });
  const answers = await pMap(
    spoken,
    async (chunk, index) =>
      await answerRequest(services, {
        asker,
        targets,
        mayBeKept,
        question: {
          role: 'transcribe',
          workKey: chunkKey(plan, chunk, { language, words }),
          input: {
            audio: audio[index] ?? new Uint8Array(),
            mediaType: 'audio/flac',
            url: null,
            durationSeconds: seconds(chunk.endSample - chunk.startSample),
            language: toEngineLanguage(language),
            words,
          },
          accept: async (answer) => answer,
        },
      }),
    { concurrency: CHUNKS_AT_ONCE },
  );
  const heard = joined(plan, spoken, answers, words);
  return { ...heard, language: heard.language ?? language, answers };
}

const chunkKey = (
  { sourceSha256, preparationVersion }: ChunkPlan,
  { startSample, endSample }: PlannedChunk,
  { language, words }: { readonly language: string | null; readonly words: boolean },
): string =>
  requestKey({
    role: 'transcribe',
    input: { sourceSha256, preparationVersion, channel: 'mix', startSample, endSample },
    language,
    ...(words && { variant: { times: 'words' } }),
  });

function joined(
  plan: ChunkPlan,
  chunks: readonly PlannedChunk[],
  answers: readonly Answered[],
  withWords: boolean,
): Omit<HeardFile, 'answers'> {
  const heard = answers.map(({ result }, index) => ({
    ...transcribeAnswerSchema.parse(result.answer),
    offset: recordingTime(plan, chunks[index]?.startSample ?? 0),
  }));
  const moved = <T extends { start: number | null; end: number | null }>(
    one: T,
    offset: number,
  ) => ({
    ...one,
    start: toMilliseconds((one.start ?? 0) + offset),
    end: toMilliseconds((one.end ?? one.start ?? 0) + offset),
  });
  return {
    durationSeconds: recordingSeconds(plan),
    language: heard.find(({ language }) => language !== null)?.language ?? null,
    text: heard
      .map(({ text }) => text.trim())
      .filter((text) => text !== '')
      .join(' '),
    // Tracks of one recording run at the same time.
    segments: heard
      .flatMap(({ segments, offset }) => segments.map((one) => moved(one, offset)))
      .toSorted((one, other) => one.start - other.start),
    words: withWords
      ? heard
          .flatMap(({ words = [], offset }) => words.map((one) => moved(one, offset)))
          .toSorted((one, other) => one.start - other.start)
      : null,
  };
}

const toMilliseconds = (time: number): number => Math.round(time * 1_000) / 1_000;

/** What somebody can wait for; a longer recording is a job. */
const LONGEST_SECONDS = 3_600;
const LONGEST_CHUNK_SECONDS = 300;
const CHUNKS_AT_ONCE = 4;
