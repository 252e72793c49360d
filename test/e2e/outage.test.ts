import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { minutesOf } from '../support/minutes-of.ts';
import { sampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/**
 * A provider that is out for ten minutes, at a hundredth: 6 s for ten minutes, 3 s of patience for five minutes where
 * another target follows, 216 s for six hours on the last one. The gate's own times are not scaled.
 */
const OUTAGE_MS = 6_000;
const PATIENCE = 'nextTargetSeconds: 3, lastTargetSeconds: 216';

const summarizer = `
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
`;

/** Asks for a wait of its own, so that the gate's does not grow, and the end of the outage is soon seen. */
const MAINTENANCE = {
  role: 'transcribe',
  nth: 'every',
  status: 503,
  headers: { 'retry-after': '2' },
  body: { error: 'Service Unavailable' },
};

async function submitTwo(place: Surroundings, recording: string): Promise<[string, string]> {
  const submit = async () => {
    const submitted = await place.succeed('submit', recording, '--no-image', '--force', '--json');
    return (JSON.parse(submitted) as { id: string }).id;
  };
  return Promise.all([submit(), submit()]);
}

const progressOf = (place: Surroundings, id: string): Promise<Progress | null> =>
  place.client.workflow
    .getHandle(`minutes/default/${id}`)
    .query<Progress>('progress')
    .catch(() => null);

describe.concurrent('a provider that is out for ten minutes, time scaled down', () => {
  test('with no other target: jobs wait and say so, then finish in full', async ({ expect }) => {
    await using place = await createSurroundings({
      inference: ['--faults', '--scripted-transcriber'],
      configuration: `patience: { ${PATIENCE}, probeSeconds: 18 }
roles:
  transcribe:
    - { name: only, contract: hf-task, model: openai/whisper-base, audioSeconds: 14, concurrency: 2 }${summarizer}`,
    });
    await using recording = await sampleRecording(40);
    await place.startWorker();
    const page = '<html><head><title>502 Bad Gateway</title></head></html>';
    await place.setFaults([
      { role: 'transcribe', nth: 1, times: 5, status: 502, body: page },
      MAINTENANCE,
    ]);
    const end = sleep(OUTAGE_MS).then(() => undefined);
    const jobs = await submitTwo(place, recording.path);
    for (const id of jobs) {
      const status = async () =>
        JSON.parse(await place.succeed('status', id, '--json')) as Record<string, unknown>;
      await expect
        .poll(status, { timeout: 60_000, interval: 500 })
        .toMatchObject({ status: 'waiting', waitingFor: 'provider', stage: 'transcribe' });
    }
    await end;
    await place.setFaults([]);

    let chunks = 0;
    for (const id of jobs) {
      expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });
      const minutes = await minutesOf(place, id);
      expect(minutes).toMatchObject({ status: 'complete', degradations: [] });
      expect(minutes.coverage).toMatchObject({ gaps: [], failedSections: [] });
      chunks += minutes.engines.transcribe.reduce((sum, { items }) => sum + items, 0);
    }
    // Waiting costs nothing.
    expect((await place.stats()).billed).toEqual({ transcribe: chunks, summarize: 2 });
  }, 240_000);

  test('with another target: jobs move on, once, and come back by the probe', async ({
    expect,
  }) => {
    await using place = await createSurroundings({
      inference: ['--faults', '--scripted-transcriber', '--latency-ms', '500'],
      // The probe comes sooner than the 18 s of the scale, so that recordings of minutes are long enough.
      configuration: `patience: { ${PATIENCE}, probeSeconds: 3 }
roles:
  transcribe:
    - { name: first, contract: hf-task, model: openai/whisper-base, audioSeconds: 5, concurrency: 2 }
    - { name: second, contract: deepinfra, model: openai/whisper-base, audioSeconds: 5, concurrency: 2 }${summarizer}`,
    });
    await using recording = await sampleRecording(100);
    await place.startWorker();
    await place.setFaults([{ ...MAINTENANCE, path: '/hf-inference/' }]);
    const end = sleep(OUTAGE_MS).then(() => undefined);
    const jobs = await submitTwo(place, recording.path);
    const fallbacks = async () =>
      Promise.all(jobs.map(async (id) => (await progressOf(place, id))?.degradations.length ?? 0));
    await expect.poll(fallbacks, { timeout: 90_000, interval: 200 }).toEqual([1, 1]);
    await end;
    await place.setFaults([]);

    for (const id of jobs) {
      expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });
      const { status, degradations, engines } = await minutesOf(place, id);
      expect(status).toBe('complete');
      expect(degradations).toEqual([
        expect.objectContaining({
          role: 'transcribe',
          level: 'fallback',
          target: 'second',
          reason: 'first: TargetExhausted',
        }),
      ]);
      const items = (name: string) =>
        engines.transcribe.find(({ target }) => target === name)?.items ?? 0;
      expect(items('second')).toBeGreaterThan(1);
      // Not the probe alone: what began after it began at the first target again.
      expect(items('first')).toBeGreaterThan(1);
    }
  }, 240_000);
});
