import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { changeKey, outputKey } from '../../../adapters/object-store/keys.ts';
import { outputFolder } from '../../../adapters/object-store/output-folder.ts';
import type { Approval, Decision } from '../../../workflows/contracts/approval.ts';
import { editedSchema } from '../../../workflows/contracts/edited.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema, type Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../../../workflows/contracts/revision.ts';
import { versionChangesSchema } from '../../../workflows/contracts/version-changes.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

/** What people decide on published minutes, on a real store and a real database. */

const NOW = new Date('2026-03-02T12:00:00.000Z');
const DRAFT = {
  state: 'draft',
  asked: 'Ann',
  since: '2026-03-01T12:00:00.000Z',
  until: '2026-03-08T12:00:00.000Z',
} satisfies Approval;

const PICTURE = {
  verdict: 'safe',
  score: 0,
  quality: 1,
  watermark: null,
  model: 'painter',
  prompt: 'a desk',
} as const;

let bench: Awaited<ReturnType<typeof openBench>>;
let job: JobInput;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => open({ wanted: { asked: 'Ann', withinSeconds: 7 * 86_400 }, approval: DRAFT }));

/** Submits a job, and publishes minutes of it. */
async function open({
  wanted,
  approval,
  ...made
}: {
  readonly wanted?: JobInput['approval'];
  readonly approval: Approval | null;
} & RunMade): Promise<void> {
  job = await bench.newJob(null, wanted && { approval: wanted, schemaVersion: 4 });
  await bench.begin(job, 'run-1');
  await publishRun(approval, made);
}

/** What a run made besides `minutes.json` and `transcript.json`. */
interface RunMade {
  readonly files?: readonly string[];
  readonly change?: (id: string) => Partial<Minutes>;
}
const PAGES = ['minutes.md', 'minutes.html'];
const ALL = [...PAGES, 'minutes.docx', 'minutes.pdf', 'transcript.vtt', 'transcript.srt'];

/** A run of the job makes minutes, and publishes them if it may. */
async function publishRun(
  approval: Approval | null,
  { files = PAGES, change = () => ({}) }: RunMade = {},
): Promise<string> {
  const { tenant, jobId } = job;
  const version = (await bench.deps.library.nextVersion(job)) ?? 0;
  const key = (name: string) => outputKey(tenant, jobId, version, name);
  const minutes = {
    ...sampleMinutes,
    schemaVersion: approval === null ? 1 : 3,
    id: jobId,
    version,
    carriedFrom: version,
    approval,
    ...change(jobId),
  };
  for (const name of files) {
    await bench.deps.store.put(key(name), new Uint8Array(), { contentType: 'text/plain' });
  }
  await bench.deps.store.putJson(key('minutes.json'), minutes);
  await bench.deps.store.putJson(key('transcript.json'), sampleTranscript);
  const call = { tenant, jobId, runId: 'run-1', minutesKey: key('minutes.json') };
  await attempt(() => activities().publishMinutes(call));
  return key('minutes.json');
}

const activities = () => createActivities({ ...bench.deps, now: () => NOW });
const row = async () => {
  const found = await bench.deps.library.find(job.tenant, job.jobId);
  const { minutesKey = null } = found ?? {};
  if (found === null || minutesKey === null) throw new Error('there are no minutes');
  return { ...found, minutesKey };
};
const shown = async () => bench.deps.store.getJson((await row()).minutesKey, minutesSchema);
const look = () => attempt(() => activities().lookAtApproval(job));
const digestOfShown = async () => sha256(await bench.deps.store.get((await row()).minutesKey));
const transcriptKey = async () =>
  `${outputFolder(job.tenant, job.jobId, (await row()).minutesKey)}transcript.json`;
/** Of the two documents that were read. */
const digests = async () => ({
  sha256: await digestOfShown(),
  transcriptSha256: sha256(await bench.deps.store.get(await transcriptKey())),
});

type Wanted = Change extends infer C
  ? C extends Change
    ? Omit<C, 'schemaVersion' | 'by' | 'at' | 'baseKey'>
    : never
  : never;

async function ask(wanted: Wanted, by = 'Ann') {
  const { tenant, jobId } = job;
  const { minutesKey } = await row();
  const at = '2026-03-02T11:00:00.000Z';
  const change = { ...wanted, schemaVersion: 2, by, at, baseKey: minutesKey };
  const digest = digestOf(change);
  await bench.deps.store.putJson(changeKey(tenant, jobId, digest), change);
  return { tenant, jobId, change: digest };
}

async function make(asked: Awaited<ReturnType<typeof ask>>) {
  const rendered = await attempt(() => activities().renderRevision(asked));
  await attempt(() => activities().publishRevision({ ...asked, ...rendered }));
  return rendered;
}
const decide = async (decision: Decision, by?: string) =>
  make(await ask({ kind: 'approval', decision }, by));
const approve = async (by?: string) => decide({ kind: 'approve', ...(await digests()) }, by);
const retitle = async (title: string) =>
  make(
    await ask({
      kind: 'edit',
      edited: editedSchema.parse({ ...(await shown()), title, file: 'minutes' }),
    }),
  );
const refused = { type: 'RevisionRefused', nonRetryable: true };

const readText = async (name: string) => {
  const folder = outputFolder(job.tenant, job.jobId, (await row()).minutesKey);
  return new TextDecoder().decode(await bench.deps.store.get(`${folder}${name}`));
};

describe('an approval', () => {
  test('is a next version with the same content, whose files are frozen by their digests', async () => {
    await open({ approval: DRAFT, files: ALL });
    const draft = await shown();
    const read = await digests();
    // The list keeps a title that was given later; what was read keeps its own.
    await bench.deps.library.retitle(job.tenant, job.jobId, 'Budget');
    const rendered = await approve();
    expect(await row()).toMatchObject({ title: 'Budget' });

    const approved = await shown();
    expect(approved).toEqual({
      ...draft,
      schemaVersion: 3,
      version: 2,
      approval: {
        state: 'approved',
        by: 'Ann',
        at: '2026-03-02T11:00:00.000Z',
        version: 1,
        ...read,
        asked: 'Ann',
      },
      revisions: [
        { kind: 'approval', version: 2, base: 1, by: 'Ann', at: '2026-03-02T11:00:00.000Z' },
      ],
    });
    const list = await readText('approved.sha256');
    expect(list.match(/ {2}(.*)\n/g)?.map((name) => name.trim())).toEqual([
      'minutes.docx',
      'minutes.html',
      'minutes.json',
      'minutes.md',
      'minutes.pdf',
      'transcript.json',
      'transcript.srt',
      'transcript.vtt',
    ]);
    expect(list).toContain(`${await digestOfShown()}  minutes.json\n`);
    expect(rendered.approval).toMatchObject({ state: 'approved', filesSha256: sha256(list) });
    expect((await row()).approval).toEqual(rendered.approval);
    for (const name of ['minutes.md', 'minutes.html']) {
      expect(await readText(name)).toContain('approved by Ann on 2 March 2026 (version 1)');
    }
    expect(await look()).toMatchObject({ approval: { state: 'approved' }, remindAt: null });
  });

  test('counts for the minutes that were read only', async () => {
    const late = await ask({
      kind: 'approval',
      decision: { kind: 'approve', sha256: await digestOfShown() },
    });
    await retitle('Budget');
    await expect(make(late)).rejects.toMatchObject(refused);
    expect((await row()).approval).toMatchObject({ state: 'draft' });
  });

  test('counts for the transcript that was read, too', async () => {
    const late = await ask({
      kind: 'approval',
      decision: { kind: 'approve', ...(await digests()) },
    });
    const [first, ...others] = sampleTranscript.segments;
    await bench.deps.store.putJson(await transcriptKey(), {
      ...sampleTranscript,
      segments: [{ ...first, text: 'Let us plan nothing.' }, ...others],
    });
    await expect(make(late)).rejects.toMatchObject(refused);
    expect((await row()).approval).toMatchObject({ state: 'draft' });
  });

  test('of two at once counts once', async () => {
    const decision = { kind: 'approve', sha256: await digestOfShown() } as const;
    const [one, other] = [
      await ask({ kind: 'approval', decision }, 'Ann'),
      await ask({ kind: 'approval', decision }, 'Tom'),
    ];
    const ends = await Promise.allSettled([make(one), make(other)]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject(refused);
  });

  test('stays when a run makes other minutes, and what changes them is a draft again', async () => {
    await approve();
    const { minutesKey } = await row();
    const bytes = await bench.deps.store.get(minutesKey);
    await publishRun(DRAFT);
    expect(await row()).toMatchObject({ minutesKey });

    await retitle('Budget');
    expect(await shown()).toMatchObject({
      version: 4,
      approval: {
        state: 'draft',
        asked: 'Ann',
        since: '2026-03-02T12:00:00.000Z',
        until: '2026-03-09T12:00:00.000Z',
      },
    });
    expect(await bench.deps.store.get(minutesKey)).toEqual(bytes);
    const versions = await bench.deps.library.versions(job.tenant, job.jobId);
    expect(versions.map(({ version, approval }) => [version, approval?.state])).toEqual([
      [4, 'draft'],
      [3, 'draft'],
      [2, 'approved'],
      [1, 'draft'],
    ]);
  });

  test('stays when a run makes other minutes and the approved ones cannot be read', async () => {
    await approve();
    const { minutesKey } = await row();
    await bench.deps.store.put(minutesKey, new TextEncoder().encode('{'), {
      contentType: 'application/json',
    });
    const made = await publishRun(DRAFT);
    expect(await row()).toMatchObject({ minutesKey, approval: { state: 'approved' } });
    const versions = await bench.deps.library.versions(job.tenant, job.jobId);
    expect(versions.find((one) => one.minutesKey === made)).toMatchObject({ version: 3 });
  });

  test('of minutes that nobody was asked for counts, too', async () => {
    await open({ approval: null });
    await approve('Tom');
    expect(await shown()).toMatchObject({ approval: { state: 'approved', by: 'Tom' } });
  });
});

describe('the files of a decision', () => {
  const listed = async () => (await readText('approved.sha256')).match(/(?<= {2}).*/g);

  test('are those of the version that was read, with its status, whatever could be made by now', async () => {
    const noPdf: Minutes['degradations'][number] = {
      stage: 'render',
      role: 'minutes.pdf',
      level: 'missing',
      target: null,
      spans: [],
      reason: 'ProcessTimeout',
    };
    await open({
      approval: DRAFT,
      change: () => ({ status: 'partial', degradations: [noPdf] }),
    });
    await approve();
    expect(await listed()).toEqual([
      'minutes.html',
      'minutes.json',
      'minutes.md',
      'transcript.json',
    ]);
    expect(await shown()).toMatchObject({ status: 'partial', degradations: [noPdf] });
    expect(await row()).toMatchObject({ result: 'partial' });
  });

  test.each([
    ['a file cannot be made', ['minutes.pdf'], 'minutes.pdf'],
    ['this worker does not know its format', ['minutes.odt'], 'minutes.odt'],
  ])('lack nothing: where %s, nothing is decided', async (_why, files, lacking) => {
    // The documents for the office cannot take this picture, and the other files can.
    const pictureOf = (id: string) => `${job.tenant}/published/${id}/broken.png`;
    await open({
      approval: DRAFT,
      files: [...PAGES, ...files],
      change: (id) => ({ image: { ...PICTURE, key: pictureOf(id) } }),
    });
    await bench.deps.store.put(pictureOf(job.jobId), new Uint8Array([1, 2, 3]), {
      contentType: 'image/png',
    });
    const { minutesKey } = await row();
    for (const decision of [
      { kind: 'approve', sha256: await digestOfShown() },
      { kind: 'return', remark: 'No.' },
      { kind: 'delegate', to: 'Tom' },
    ] as const) {
      const asked = await ask({ kind: 'approval', decision });
      const render = (tries: number) =>
        attempt(() => activities().renderRevision(asked), { attempt: tries });
      await expect(render(1)).rejects.toMatchObject({ nonRetryable: false });
      await expect(render(5)).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining(`${lacking} of version 1 cannot be made`),
      });
    }
    expect(await row()).toMatchObject({ minutesKey, approval: { state: 'draft' } });
    expect(await bench.deps.library.versions(job.tenant, job.jobId)).toHaveLength(1);
  });
});

describe('returned minutes', () => {
  test('say why, and are a draft again after the next change', async () => {
    await decide({ kind: 'return', remark: 'The owner is wrong.\nIt is Tom.' });
    expect(await shown()).toMatchObject({
      approval: {
        state: 'returned',
        by: 'Ann',
        remark: 'The owner is wrong.\nIt is Tom.',
        asked: 'Ann',
        until: DRAFT.until,
      },
    });
    const markdown = await readText('minutes.md');
    expect(markdown).toContain('draft: returned by Ann on 2 March 2026');
    expect(markdown).toContain('It is Tom.');
    expect(versionChangesSchema.parse(JSON.parse(await readText('changes.json')))).toMatchObject({
      kind: 'approval',
      differences: [
        {
          field: 'approval',
          was: { state: 'draft', asked: 'Ann' },
          is: { state: 'returned', by: 'Ann', remark: 'The owner is wrong.\nIt is Tom.' },
        },
      ],
    });
    expect(await look()).toMatchObject({ approval: { state: 'returned' }, remindAt: null });

    await retitle('Budget');
    expect(await shown()).toMatchObject({ version: 3, approval: { state: 'draft', asked: 'Ann' } });
    expect(await readText('minutes.md')).toContain(
      'draft: waits for approval by Ann until 9 March 2026',
    );
  });

  test('may be replaced by those of a run', async () => {
    await decide({ kind: 'return', remark: 'Half of it is missing.' });
    const key = await publishRun(DRAFT);
    expect(await row()).toMatchObject({ minutesKey: key, approval: { state: 'draft' } });
  });
});

describe('a draft', () => {
  test('after an approval that was delegated asks whom it was delegated to', async () => {
    await decide({ kind: 'delegate', to: 'Tom' });
    await approve('Tom');
    await retitle('Plan');
    expect(await shown()).toMatchObject({
      version: 4,
      approval: { state: 'draft', asked: 'Tom', until: '2026-03-09T12:00:00.000Z' },
    });
  });

  test('can be given to somebody else, whom the documents name', async () => {
    await decide({ kind: 'delegate', to: 'Tom' });
    expect(await shown()).toMatchObject({
      approval: { ...DRAFT, asked: 'Tom', since: '2026-03-02T11:00:00.000Z' },
    });
    expect(await readText('minutes.md')).toContain('waits for approval by Tom until 8 March 2026');
  });

  test('is reminded of once, and anew after a change', async () => {
    expect(await look()).toEqual({
      approval: { state: 'draft', since: DRAFT.since, until: DRAFT.until },
      version: 1,
      remindAt: '2026-03-02T12:00:00.000Z',
    });
    await attempt(() => activities().remindOfApproval({ ...job, version: 1 }));
    expect(await look()).toMatchObject({
      approval: { remindedAt: '2026-03-02T12:00:00.000Z' },
      remindAt: null,
    });
    await retitle('Budget');
    expect(await look()).toMatchObject({ version: 2, remindAt: '2026-03-03T12:00:00.000Z' });
    // A reminder of the version before comes too late.
    await attempt(() => activities().remindOfApproval({ ...job, version: 1 }));
    expect((await row()).approval).not.toHaveProperty('remindedAt');
  });
});
