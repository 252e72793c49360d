import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../adapters/media/decode-recording.ts';
import { createRandom } from '../../local/inference-server/models/random.ts';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { CHUNKS_PER_WINDOW } from '../../workflows/contracts/names.ts';
import { expectWhole } from '../support/expect-whole.ts';
import { jobHistory } from '../support/job-history.ts';
import { storedJob } from '../support/stored-job.ts';
import { createSurroundings, SAMPLE } from '../support/surroundings.ts';
import { writeRecording, type Speech } from '../support/write-recording.ts';

/** The short form of `test/long/two-hours.test.ts`: as many windows, by short chunks. */

const LIMIT_SECONDS = 5;
/** As in the local stack, with the shortest chunks and the smallest context that a target may have, and more calls. */
const CONFIGURATION = `roles:
  transcribe:
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: ${LIMIT_SECONDS}, concurrency: 4 }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 4096, concurrency: 2 }
  illustrate:
    - { name: procedural-v1, contract: hf-task, model: hansard/procedural-v1, concurrency: 1 }
  moderate:
    - { name: nsfwjs, contract: hf-task, model: hansard/nsfwjs-mobilenet-v2-mid, concurrency: 1 }
`;

test('more chunks than a window holds are tiled, transcribed and summarised whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-long-recording-'));
  await using place = await createSurroundings({
    inference: ['--scripted-transcriber'],
    configuration: CONFIGURATION,
  });
  try {
    const path = join(folder, 'recording.flac');
    const pieces = await piecesOfSample(folder);
    await writeRecording({ path, seconds: 930, pieces, seed: 'two windows' });
    await place.startWorker();
    const submitted = await place.succeed('submit', path, '--no-image', '--json');
    const { id } = JSON.parse(submitted) as { id: string };
    await place.succeed('watch', id);

    const job = await storedJob(place, id, LIMIT_SECONDS);
    expectWhole(job);
    expect(job.plan.chunks.length).toBeGreaterThan(CHUNKS_PER_WINDOW);
    expect(job.windows).toBe(2);
    expect(job.minutes.coverage.sections).toBeGreaterThan(1);
    const { activities } = await jobHistory(place, id);
    expect(activities['reduceSummaries']).toBeGreaterThan(0);
    // What was summarised while the second window was transcribed is what the whole transcript was cut into.
    expect(activities['cutAhead']).toBe(1);
    expect(activities['summarizeSection']).toBe(job.minutes.coverage.sections);
    expect(activities['transcribeChunk']).toBe(
      job.plan.chunks.filter(({ speech }) => speech).length,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}, 300_000);

/** Stretches of the sample of 1 to 6 s, begun anywhere: different bytes each, so that no two chunks are one. */
async function piecesOfSample(folder: string): Promise<[Speech, ...Speech[]]> {
  const pcmPath = join(folder, 'sample.s16le');
  const { samples } = await decodeRecording({ path: SAMPLE, pcmPath });
  const pcm = await readFile(pcmPath);
  const random = createRandom('pieces');
  const piece = (): Speech => {
    const length = Math.floor(random.between(1, 6) * SAMPLE_RATE);
    const from = Math.floor(random.between(0, samples - length));
    return pcm.subarray(from * 2, (from + length) * 2);
  };
  return [piece(), ...Array.from({ length: 99 }, piece)];
}
