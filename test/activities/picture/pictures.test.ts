import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { readProvenance } from '../../support/read-provenance.ts';
import {
  quarantineKey,
  sourceHome,
  summaryKey,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { storedResultSchema } from '../../../workflows/contracts/stored-results.ts';
import { attempt, openBench } from '../activity-bench.ts';

/** From drawing to publishing: a picture without a safe verdict never leaves quarantine. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
});

let colour = 0;
/** A picture with new bytes on every call. */
const newPicture = () =>
  sharp({
    create: {
      width: 320,
      height: 180,
      channels: 3,
      background: { r: (colour += 1), g: 90, b: 160 },
    },
  })
    .png()
    .toBuffer();

/** A provider that draws this picture, and a classifier that finds it unsafe with this probability. */
function provide(picture: Uint8Array, unsafe: number | null) {
  bench.provider.answer = ({ path }) =>
    Promise.resolve(
      path.includes('flux')
        ? { status: 200, headers: { 'content-type': 'image/png' }, body: picture }
        : unsafe === null
          ? { status: 404, body: { error: 'no such model' } }
          : {
              status: 200,
              body: [
                { label: 'nsfw', score: unsafe },
                { label: 'normal', score: 1 - unsafe },
              ],
            },
    );
}

/** A job that has a transcript and a summary. */
async function summarizedJob(): Promise<JobInput> {
  const job = await bench.newJob();
  const { store } = bench.deps;
  await store.putJson(transcriptKey(job.tenant, job.jobId), {
    schemaVersion: 1,
    language: 'en',
    durationSeconds: 60,
    segments: [],
  });
  await store.putJson(summaryKey(job.tenant, job.jobId), {
    summary: 'The budget of the harbour was settled.',
    keyPoints: [],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  });
  return job;
}

const activities = () => createActivities(bench.deps);
const draw = ({ tenant, jobId }: JobInput, index = 0) =>
  attempt(() =>
    activities().drawPicture({
      tenant,
      jobId,
      target: bench.recorded.illustrate,
      last: true,
      attempt: index,
    }),
  );
const moderate = ({ tenant, jobId }: JobInput, digest: string) =>
  attempt(() =>
    activities().moderatePicture({
      tenant,
      jobId,
      target: bench.recorded.moderate,
      last: true,
      sha256: digest,
    }),
  );
const publish = ({ tenant, jobId }: JobInput, digest: string, callKey?: string) =>
  attempt(() =>
    activities().publishPicture({ tenant, jobId, sha256: digest, attempt: 0, callKey, quality: 1 }),
  );

const published = () => bench.keysBelow('default/published/');
beforeEach(async () => {
  await bench.deps.store.deletePrefix('default/published/');
});

/** The objects that hold exactly these bytes. */
async function placesOf(bytes: Uint8Array): Promise<string[]> {
  const places: string[] = [];
  for (const key of await bench.keysBelow('default/')) {
    const { store } = bench.deps;
    if (sha256(await store.get(key)) === sha256(bytes)) places.push(key);
  }
  return places;
}

test('a drawn picture is stored in quarantine only; the stored answer refers to it', async () => {
  const picture = await newPicture();
  provide(picture, 0.01);
  const job = await summarizedJob();
  const drawn = await draw(job);
  expect(drawn).toMatchObject({ target: 'flux', reused: false, sha256: sha256(picture) });
  expect(await placesOf(picture)).toEqual([quarantineKey('default', sha256(picture))]);
  await moderate(job, drawn.sha256);
  expect(await placesOf(picture)).toEqual([quarantineKey('default', sha256(picture))]);
  expect(await published()).toEqual([]);

  expect(await draw(job)).toEqual({ ...drawn, reused: true });
  const asked = JSON.stringify(bench.provider.requests.map(({ path }) => path));
  expect(asked.match(/flux/g)).toHaveLength(1);
});

test('another attempt has another seed and another work key', async () => {
  const job = await summarizedJob();
  const seeds: unknown[] = [];
  for (const index of [0, 1]) {
    provide(await newPicture(), 0.01);
    expect((await draw(job, index)).reused).toBe(false);
    const { body } = bench.provider.requests.at(-1) ?? { body: '{}' };
    seeds.push((JSON.parse(String(body)) as { parameters: { seed: number } }).parameters.seed);
  }
  expect(new Set(seeds).size).toBe(2);
});

test('a safe picture is published with its watermark and its provenance; the original stays', async () => {
  const picture = await newPicture();
  provide(picture, 0.49);
  const job = await summarizedJob();
  const { sha256: digest } = await draw(job);
  expect((await moderate(job, digest)).verdict).toBe('safe');
  const { verdict, key } = await publish(job, digest);
  expect(verdict).toBe('safe');
  expect(await published()).toEqual([key]);

  const bytes = await bench.deps.store.get(key ?? '');
  expect(sha256(bytes)).not.toBe(digest);
  expect(await readProvenance(bytes)).toMatchObject({ tool: 'Hansard', model: 'a/flux' });
  const [before, after] = await Promise.all(
    [picture, bytes].map((image) => sharp(image).removeAlpha().raw().toBuffer()),
  );
  expect(after?.equals(before ?? Buffer.alloc(0))).toBe(false);
  expect(await placesOf(picture)).toEqual([quarantineKey('default', digest)]);
});

test('a picture is published as what drew it, though a newer prompt was deployed meanwhile', async () => {
  provide(await newPicture(), 0.01);
  const job = await summarizedJob();
  const { sha256: digest, callKey } = await draw(job);
  await moderate(job, digest);
  const { store } = bench.deps;
  // Today's prompt has another work key.
  const results = `${sourceHome(job.tenant, job.source.sha256)}/results/illustrate`;
  await store.deletePrefix(`${results}/by-work/`);
  const { key } = await publish(job, digest, callKey);
  expect(await readProvenance(await store.get(key ?? ''))).toMatchObject({ model: 'a/flux' });
  const drawn = await store.getJson(`${results}/${callKey}`, storedResultSchema);
  expect(drawn.answer).toMatchObject({
    prompt: expect.stringContaining('Subject: budget, harbour, settled') as unknown,
  });
});

describe('nothing is published', () => {
  test.each([
    ['held', 0.5],
    ['held', 0.85],
    ['blocked', 0.86],
  ] as const)('of a picture %s at %d', async (verdict, unsafe) => {
    provide(await newPicture(), unsafe);
    const job = await summarizedJob();
    const { sha256: digest } = await draw(job);
    expect((await moderate(job, digest)).verdict).toBe(verdict);
    expect(await publish(job, digest)).toEqual({ verdict, key: null });
    expect(await published()).toEqual([]);
  });

  test('if the picture has no verdict', async () => {
    provide(await newPicture(), null);
    const job = await summarizedJob();
    const { sha256: digest } = await draw(job);
    await expect(moderate(job, digest)).rejects.toMatchObject({ type: 'ModelNotFound' });
    expect(await publish(job, digest)).toEqual({ verdict: 'held', key: null });
    expect(await published()).toEqual([]);
  });

  test('if only another picture was found safe', async () => {
    const job = await summarizedJob();
    provide(await newPicture(), 0.01);
    const safe = await draw(job);
    await moderate(job, safe.sha256);
    provide(await newPicture(), 0.01);
    const unjudged = await draw(job, 1);
    expect(unjudged.sha256).not.toBe(safe.sha256);
    expect(await publish(job, unjudged.sha256)).toEqual({ verdict: 'held', key: null });
    expect(await published()).toEqual([]);
  });

  test('if the bytes in quarantine are no longer the ones that were judged', async () => {
    provide(await newPicture(), 0.01);
    const job = await summarizedJob();
    const { sha256: digest } = await draw(job);
    expect((await moderate(job, digest)).verdict).toBe('safe');
    const other = await newPicture();
    await bench.deps.store.put(quarantineKey('default', digest), other, {
      contentType: 'image/png',
    });
    expect(await publish(job, digest)).toEqual({ verdict: 'held', key: null });
    expect(await published()).toEqual([]);
  });

  test('if the bytes sent to the classifier do not have the digest', async () => {
    const picture = await newPicture();
    provide(picture, 0.01);
    const job = await summarizedJob();
    const { sha256: digest } = await draw(job);
    await bench.deps.store.put(quarantineKey('default', digest), await newPicture(), {
      contentType: 'image/png',
    });
    bench.provider.requests.length = 0;
    await expect(moderate(job, digest)).rejects.toMatchObject({
      type: 'BadRequest',
      nonRetryable: true,
    });
    expect(bench.provider.requests).toEqual([]);
    // No verdict was stored either, in case the bytes come back.
    await bench.deps.store.put(quarantineKey('default', digest), picture, {
      contentType: 'image/png',
    });
    expect(await publish(job, digest)).toEqual({ verdict: 'held', key: null });
    expect(await published()).toEqual([]);
  });
});

test('a published picture is never overwritten: earlier minutes may show it', async () => {
  provide(await newPicture(), 0.01);
  const job = await summarizedJob();
  const { sha256: digest } = await draw(job);
  await moderate(job, digest);
  const { key } = await publish(job, digest);
  await bench.deps.store.put(key ?? '', 'as it was read', { contentType: 'image/png' });
  await expect(publish(job, digest)).resolves.toEqual({ verdict: 'safe', key });
  const kept = await bench.deps.store.get(key ?? '');
  expect(new TextDecoder().decode(kept)).toBe('as it was read');
});
