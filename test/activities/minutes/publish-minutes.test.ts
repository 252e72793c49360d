import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { publishedFacts } from '../../../activities/minutes/published-facts.ts';
import { parseSearch } from '../../../adapters/database/search-words.ts';
import { jobHome, outputKey } from '../../../adapters/object-store/keys.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema, type Minutes } from '../../../workflows/contracts/minutes.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { sampleMinutes, sampleTranscript } from './render/sample-minutes.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let job: JobInput;
let tenant: string;
let jobId: string;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  job = await bench.newJob();
  ({ tenant, jobId } = job);
  await bench.submit(job);
  await begin('run-1');
});

async function begin(runId: string): Promise<void> {
  await bench.deps.library.beginRun(await row(), runId);
}

async function row() {
  const found = await bench.deps.library.find(tenant, jobId);
  if (found === null) throw new Error('there is no row');
  return found;
}

/** A version of the minutes, as `renderMinutes` leaves it. */
async function rendered(change: Partial<Minutes>): Promise<string> {
  const { store, library } = bench.deps;
  const version = await library.nextVersion({ tenant, jobId });
  const key = outputKey(tenant, jobId, version ?? 0, 'minutes.json');
  await store.putJson(key, { ...sampleMinutes, version, ...change });
  const transcriptKey = outputKey(tenant, jobId, version ?? 0, 'transcript.json');
  await store.putJson(transcriptKey, sampleTranscript);
  return key;
}

const publish = (runId: string, minutesKey: string) =>
  attempt(() => createActivities(bench.deps).publishMinutes({ tenant, jobId, runId, minutesKey }));

/** The line in which the job's text has the words; null: the search does not find it. */
async function find(text: string): Promise<string | null> {
  const search = parseSearch(text);
  if (search === null) throw new Error('no words');
  const { jobs } = await bench.deps.library.search(tenant, search, { limit: 100 });
  return jobs.find(({ job: { id } }) => id === jobId)?.found.line ?? null;
}

test('the first minutes of a job become its result', async () => {
  const minutesKey = await rendered({ status: 'partial', title: 'First' });
  await publish('run-1', minutesKey);
  expect(minutesKey).toBe(`${jobHome(tenant, jobId)}/versions/1/minutes.json`);
  expect(await row()).toMatchObject({ result: 'partial', minutesKey, title: 'First' });
  // Temporal may run it again.
  await publish('run-1', minutesKey);
  expect(await row()).toMatchObject({ result: 'partial', minutesKey });
});

test('the search finds words of the title, the summary, the statements and the transcript, once published', async () => {
  const risk = { text: 'The bridge may close.', citations: [], verified: false };
  const minutesKey = await rendered({
    title: 'Spring launch',
    sections: [{ id: 'section1', title: 'Risks', items: [risk] }],
  });
  expect(await find('release planned')).toBeNull();
  await publish('run-1', minutesKey);
  expect(await find('spring launch')).toBe('Spring launch');
  expect(await find('release planned')).toBe('The release is planned.');
  expect(await find('installer who')).toBe('Who tests the installer?');
  expect(await find('anna notes')).toBe('Anna: Write the release notes');
  expect(await find('bridge close')).toBe('The bridge may close.');
  for (const { text } of sampleTranscript.segments) expect(await find(text)).not.toBeNull();
});

test('the search finds speakers by their names, and nobody by an id', async () => {
  const [action] = sampleMinutes.actionItems;
  if (action === undefined) throw new Error('the sample has no task');
  const minutesKey = await rendered({
    speakers: [
      { id: 'S1', name: 'Zheng Wei', seconds: 3 },
      { id: 'S2', name: null, seconds: 9 },
      { id: 'S3', name: 'Odile Marchand', seconds: 4 },
    ],
    actionItems: [
      { ...action, owner: 'S1', task: 'Order the chairs' },
      { ...action, owner: 'S2', task: 'Paint the fence' },
    ],
  });
  await publish('run-1', minutesKey);
  expect(await find('zheng chairs')).toBe('Zheng Wei: Order the chairs');
  expect(await find('paint fence')).toBe('Paint the fence');
  expect(await find('odile marchand')).toBe('Zheng Wei, Odile Marchand');
  expect(await find('S1')).toBeNull();
  expect(await find('S2')).toBeNull();
});

test.each([
  ['complete', 'partial', 'en', 1],
  ['partial', 'complete', 'de', 2],
  ['partial', 'partial', 'de', 2],
] as const)(
  'a retry of %s minutes that makes %s ones leaves the better ones as the result',
  async (first, second, language, version) => {
    const firstKey = await rendered({ status: first, language: 'en' });
    const bytes = await bench.deps.store.get(firstKey);
    await publish('run-1', firstKey);
    await bench.submit(job);
    await begin('run-2');
    await publish('run-2', await rendered({ status: second, language: 'de' }));
    expect(await row()).toMatchObject({
      result: version === 1 ? first : second,
      language,
      minutesKey: `${jobHome(tenant, jobId)}/versions/${version}/minutes.json`,
    });
    // What somebody may have read is as it was.
    expect(await bench.deps.store.get(firstKey)).toEqual(bytes);
  },
);

/** A person's change of the result. */
async function revised(kind: 'rename' | 'edit'): Promise<Minutes> {
  const { store, library } = bench.deps;
  const baseKey = (await row()).minutesKey ?? '';
  const base = await store.getJson(baseKey, minutesSchema);
  const version = (await library.nextVersion({ tenant, jobId })) ?? 0;
  const made = { kind, version, base: base.version, by: 'Ann', at: '2026-03-02T10:00:00.000Z' };
  const minutes = { ...base, version, revisions: [made] };
  const minutesKey = outputKey(tenant, jobId, version, 'minutes.json');
  await store.putJson(minutesKey, minutes);
  const facts = publishedFacts(minutes, sampleTranscript, { minutesKey, title: base.title });
  expect(await library.publishRevision({ tenant, jobId }, baseKey, facts)).toBe(true);
  return minutes;
}

test('a name that was given after the minutes were rendered stays, and they are rendered again', async () => {
  await publish('run-1', await rendered({ status: 'partial' }));
  const better = await rendered({ status: 'complete', carriedFrom: 1 });
  const { version } = await revised('rename');
  expect(version).toBe(3);
  expect(await publish('run-1', better)).toEqual({ renderAgain: true });
  expect(await row()).toMatchObject({
    result: 'partial',
    minutesKey: outputKey(tenant, jobId, 3, 'minutes.json'),
  });
  const versions = await bench.deps.library.versions(tenant, jobId);
  expect(versions.map((each) => each.version)).toEqual([3, 2, 1]);

  const again = await rendered({ status: 'complete', carriedFrom: 3 });
  expect(await publish('run-1', again)).toBeUndefined();
  expect(await row()).toMatchObject({ result: 'complete', minutesKey: again });
});

test('minutes that lack more than those that were renamed are not rendered again', async () => {
  await publish('run-1', await rendered({ status: 'complete' }));
  const worse = await rendered({ status: 'partial', carriedFrom: 1 });
  await revised('rename');
  expect(await publish('run-1', worse)).toBeUndefined();
  expect(await row()).toMatchObject({ minutesKey: outputKey(tenant, jobId, 3, 'minutes.json') });
});

test.each(['edit', 'rename'] as const)(
  'a change that a person publishes while a run compares is not replaced: %s',
  async (kind) => {
    await publish('run-1', await rendered({ status: 'partial' }));
    const better = await rendered({ status: 'complete', carriedFrom: 1 });
    const { library } = bench.deps;
    let isRevised = false;
    const late: typeof library = {
      ...library,
      publish: async (...call) => {
        if (!isRevised) await revised(kind);
        isRevised = true;
        return await library.publish(...call);
      },
    };
    const { publishMinutes } = createActivities({ ...bench.deps, library: late });
    const answer = await attempt(() =>
      publishMinutes({ tenant, jobId, runId: 'run-1', minutesKey: better }),
    );
    expect(answer).toEqual(kind === 'rename' ? { renderAgain: true } : undefined);
    expect(await row()).toMatchObject({ minutesKey: outputKey(tenant, jobId, 3, 'minutes.json') });
    expect(await library.versions(tenant, jobId)).toHaveLength(3);
  },
);

test('a result that changes at every comparison is left, and Temporal tries again', async () => {
  await publish('run-1', await rendered({}));
  const next = await rendered({ carriedFrom: 1 });
  const { library } = bench.deps;
  const busy: typeof library = {
    ...library,
    find: async (...job) => {
      const found = await library.find(...job);
      return found && { ...found, minutesKey: await rendered({}) };
    },
  };
  const { publishMinutes } = createActivities({ ...bench.deps, library: busy });
  const call = { tenant, jobId, runId: 'run-1', minutesKey: next };
  await expect(attempt(() => publishMinutes(call))).rejects.toThrow('changes all the time');
  expect(await row()).toMatchObject({ minutesKey: outputKey(tenant, jobId, 1, 'minutes.json') });
});

test('a title that was given after the minutes were rendered stays', async () => {
  const minutesKey = await rendered({ title: 'Minutes of meeting' });
  await publish('run-1', minutesKey);
  expect(await row()).toMatchObject({ title: 'Minutes of meeting' });
  const later = await rendered({ title: 'Minutes of meeting' });
  await bench.deps.library.retitle(tenant, jobId, 'Budget');
  await publish('run-1', later);
  expect(await row()).toMatchObject({ title: 'Budget', minutesKey: later });
});

test('minutes that are gone or damaged are replaced by whatever a retry makes', async () => {
  const gone = await rendered({ status: 'complete' });
  await publish('run-1', gone);
  await bench.deps.store.put(gone, 'not JSON', { contentType: 'application/json' });
  await publish('run-1', await rendered({ status: 'partial' }));
  expect(await row()).toMatchObject({ result: 'partial' });
  const damaged = (await row()).minutesKey ?? '';
  await bench.deps.store.delete(damaged);
  await publish('run-1', await rendered({ status: 'partial' }));
  expect((await row()).minutesKey).not.toBe(damaged);
});

test('a run that is no longer the latest publishes nothing', async () => {
  const minutesKey = await rendered({ status: 'complete' });
  await bench.submit(job);
  await begin('run-2');
  await expect(publish('run-1', minutesKey)).rejects.toMatchObject({
    type: 'Superseded',
    nonRetryable: true,
  });
  expect(await row()).toMatchObject({ result: null, minutesKey: null });
});

test('minutes that were rendered before there were versions are published where they lie', async () => {
  const { store } = bench.deps;
  const home = jobHome(tenant, jobId);
  await store.putJson(`${home}/minutes.json`, sampleMinutes);
  await store.putJson(`${home}/exports/transcript.json`, sampleTranscript);
  await publish('run-1', `${home}/minutes.json`);
  expect(await row()).toMatchObject({ result: 'complete', minutesKey: `${home}/minutes.json` });
});
