import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapConcurrent } from '../../activities/map-concurrent.ts';
import { outputKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';
import type { Kind } from './kind.ts';
import { shareReadings } from './share-readings.ts';
import { Workbench, type Piece } from './workbench.ts';

/** What has become of one recording. */
export interface Heard {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  /** Of `submit --watch --strict`. */
  readonly code: number | null;
}

/** The whole pipeline with the real Whisper, on recordings that a workbench makes. */
export interface Transcriber {
  readonly place: Surroundings;
  readonly at: Workbench;
  /** By the name of its file: what was heard, or the error that came instead. Starts all jobs, a few at a time. */
  readonly hear: (kinds: readonly Kind[]) => ReadonlyMap<string, Promise<Heard | Error>>;
  readonly close: () => Promise<void>;
}

/** With `figures`, Whisper is asked by a contract that tells what its decoder says of itself, and the language. */
export async function createTranscriber(
  pieces: readonly Piece[],
  { figures = false } = {},
): Promise<Transcriber> {
  const place = await createSurroundings(figures ? { configuration: await withFigures() } : {});
  const store = objectStoreOf(place);
  const at = new Workbench(await mkdtemp(join(tmpdir(), 'hansard-recordings-')));
  const shared = await shareReadings(place.inferenceUrl);
  await place.startWorker({ HF_ROUTER_URL: shared.url, WHISPER_URL: `${shared.url}/v1` });
  await at.cutPieces(pieces);

  const hearOne = async (kind: Kind): Promise<Heard | Error> => {
    try {
      await kind.make(at);
      const file = at.path(kind.file);
      const options = ['--no-image', '--json', '--watch', '--strict'];
      const { code, stdout, stderr } = await place.hansard('submit', file, ...options);
      const line = stdout.split('\n')[0] ?? '';
      if (line === '' || code === null || code > 1) throw new Error(`exit code ${code}: ${stderr}`);
      const { id } = JSON.parse(line) as { id: string };
      const key = outputKey(DEFAULT_TENANT, id, 1, 'minutes.json');
      if ((await store.head(key)) === null) throw new Error(`exit code ${code}: ${stderr}`);
      return {
        code,
        minutes: await store.getJson(key, minutesSchema),
        transcript: await store.getJson(transcriptKey(DEFAULT_TENANT, id), transcriptSchema),
      };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  return {
    place,
    at,
    hear: (kinds) => {
      const outcomes = kinds.map((kind) => ({ kind, ...Promise.withResolvers<Heard | Error>() }));
      // Half of a job's time is waiting.
      void mapConcurrent(outcomes, async ({ kind, resolve }) => resolve(await hearOne(kind)), 5);
      return new Map(outcomes.map(({ kind, promise }) => [kind.file, promise]));
    },
    close: async () => {
      store.close();
      await shared.close();
      await place[Symbol.asyncDispose]();
      await rm(at.folder, { recursive: true, force: true });
    },
  };
}

async function withFigures(): Promise<string> {
  const path = fileURLToPath(new URL('../../local/hansard.yaml', import.meta.url));
  const plain = 'contract: hf-task\n      model: openai/whisper-base';
  const told = plain.replace('hf-task', 'openai\n      url: ${WHISPER_URL}');
  return (await readFile(path, 'utf8')).replace(plain, told);
}

/** Each piece by itself: what is said in it, by Whisper. */
export const aloneOf = (pieces: readonly Piece[]): readonly Kind[] =>
  pieces.map((piece) => ({
    file: `${piece}.wav`,
    make: () => Promise.resolve(),
    expected: { words: [], seconds: 20 },
  }));
