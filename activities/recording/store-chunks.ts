import { encodeChunks } from '../../adapters/media/encode-chunk.ts';
import { scratchChunkKey } from '../../adapters/object-store/keys.ts';
import {
  SAMPLE_RATE,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { findLanguageDoubts, MOST_ROUNDS } from './language-doubts.ts';
import { findAnswers, openOf } from './second-answers.ts';

/**
 * Chunks from index `from` on that may be sent, whole or in part, and whose audio is not in S3 yet. What is answered may be
 * in another language, which leaves the chunks beside it in doubt, one after the other.
 *
 * @param isWhole whether no chunk follows those of the plan
 */
export async function chunksToEncode(
  { store }: Dependencies,
  job: JobInput,
  plan: ChunkPlan,
  {
    scratch,
    from = 0,
    isWhole = true,
  }: { readonly scratch: string; readonly from?: number; readonly isWhole?: boolean },
): Promise<readonly PlannedChunk[]> {
  const speech = plan.chunks.filter((chunk) => chunk.speech);
  const first = speech.findIndex(({ index }) => index >= from);
  if (first === -1) return [];
  // With those before them from which they are reached.
  const before = Math.min(first, MOST_ROUNDS);
  const answers = await findAnswers(store, job, plan, speech.slice(first - before));
  const languages = await findLanguageDoubts(store, job, plan, answers);
  const isOpen = answers.map(({ chunk: { index }, result, doubts }) => {
    const asked = [...doubts, ...(languages.get(index)?.doubts ?? [])];
    return result === null || openOf(asked).length > 0;
  });
  if (!isWhole) isOpen.push(true);
  const reached = answers.flatMap(({ chunk }, position) =>
    position >= before &&
    isOpen.slice(Math.max(0, position - MOST_ROUNDS), position + MOST_ROUNDS + 1).includes(true)
      ? [chunk]
      : [],
  );
  const stored = await mapConcurrent(reached, ({ index }) =>
    store.head(scratchChunkKey(scratch, index)),
  );
  return reached.filter((_chunk, position) => stored[position] === null);
}

/** Encodes chunks of an s16le file, and stores them in the scratch of a run. */
export async function storeChunks(
  { store, binaries }: Dependencies,
  scratch: string,
  chunks: readonly PlannedChunk[],
  pcmPath: string,
  signal: AbortSignal,
): Promise<void> {
  // A few chunks, which somebody waits for, keep all encoders busy, too.
  const most = Math.min(BATCH, Math.ceil(chunks.length / ENCODERS));
  await mapConcurrent(
    batchesOf(chunks, most),
    async (batch) => {
      const encoded = await encodeChunks({ pcmPath, chunks: batch, binaries, signal });
      await mapConcurrent(
        encoded,
        async (flac, at) => {
          const key = scratchChunkKey(scratch, batch[at]?.index ?? 0);
          await store.put(key, flac, { contentType: 'audio/flac', signal });
        },
        UPLOADS,
      );
    },
    ENCODERS,
  );
}

/** In order: what one run of ffmpeg encodes. */
function batchesOf(chunks: readonly PlannedChunk[], most: number): readonly PlannedChunk[][] {
  const batches: PlannedChunk[][] = [];
  let samples = 0;
  for (const chunk of chunks) {
    const length = chunk.endSample - chunk.startSample;
    const last = batches.at(-1);
    if (last === undefined || last.length === most || samples + length > BATCH_SAMPLES) {
      batches.push([chunk]);
      samples = length;
    } else {
      last.push(chunk);
      samples += length;
    }
  }
  return batches;
}

/** 16 chunks of 28 s take 0.45 s of a core; one by one they would take 1.5 s. */
const BATCH = 16;
/** Ten minutes, of which a worker holds some 10 MB in memory. */
const BATCH_SAMPLES = 600 * SAMPLE_RATE;

/** Concurrent ffmpeg processes. */
const ENCODERS = 2;
/** Of the chunks of one of them, at the same time. */
const UPLOADS = 4;
