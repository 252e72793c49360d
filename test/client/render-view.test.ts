import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bar, headline, plainLines, statusBlock } from '../../client/cli/render-view.ts';
import { aligned, foundLines, printable } from '../../client/cli/render-list.ts';
import { listedFound } from '../../client/jobs/listed-job.ts';
import type { JobStatus, JobView } from '../../client/jobs/job-view.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';

const STATUS: JobStatus = {
  id: 'aaaaaaaabbbbbbbbbbbbbbbbbb',
  status: 'running',
  waitingFor: null,
  result: null,
  stage: 'transcribe',
  chunks: { done: 6, total: 12 },
  degradations: [],
  approval: null,
  costUsd: null,
};
const PROGRESS: Progress = {
  stage: 'transcribe',
  stages: {
    prepare: 'done',
    transcribe: 'running',
    diarize: 'running',
    assemble: 'waiting',
    summarize: 'waiting',
    illustrate: 'skipped',
    render: 'waiting',
    publish: 'waiting',
  },
  chunks: { done: 6, total: 12 },
  sections: { done: 0, total: 0 },
  degradations: [],
};
const FALLBACK = {
  stage: 'transcribe' as const,
  role: 'transcribe',
  level: 'fallback' as const,
  target: 'whisper-base',
  spans: [{ start: 84, end: 112 }],
  reason: 'RateLimited',
};
const DRAFT = {
  state: 'draft',
  isExpired: false,
  since: '2026-03-01T12:00:00.000Z',
  until: '2026-03-08T12:00:00.000Z',
  remindedAt: '2026-03-02T12:00:00.000Z',
  filesSha256: null,
} as const;

const view = (status: Partial<JobStatus> = {}, rest: Partial<JobView> = {}): JobView => ({
  status: { ...STATUS, ...status },
  failure: null,
  failureMessage: null,
  progress: PROGRESS,
  ...rest,
});

test('a target whose calls no worker takes is named', () => {
  const progress = { ...PROGRESS, unserved: ['whisper-old'] };
  const now = view({}, { progress });
  expect(statusBlock(now).at(-1)).toBe('  ! no worker serves whisper-old');
  expect(plainLines(view(), now)).toEqual(['  ! no worker serves whisper-old']);
  expect(plainLines(now, now)).toEqual([]);
});

test('a stage that the worker does not know has no line', () => {
  const { diarize: _, ...stages } = PROGRESS.stages;
  const lines = statusBlock(view({}, { progress: { ...PROGRESS, stages } }));
  expect(lines).toHaveLength(8);
  expect(lines.join('\n')).not.toMatch(/diarize|undefined/);
});

test('the block has a line a stage, a half-full bar, and what was degraded', () => {
  expect(statusBlock(view({ degradations: [FALLBACK] }))).toEqual([
    'aaaaaaaabbbbbbbbbbbbbbbbbb  running: transcribe, 6 of 12 chunks',
    '  prepare     done',
    `  transcribe  running   ${'█'.repeat(12)}${'░'.repeat(12)} 6 of 12 chunks`,
    '  diarize     running',
    '  assemble    waiting',
    '  summarize   waiting',
    '  illustrate  skipped',
    '  render      waiting',
    '  publish     waiting',
    '  ! transcribe: fallback by whisper-base (RateLimited) at 01:24-01:52',
  ]);
});

test('the block of a job that goes on tells how long it is watched, the block of an ended one does not', () => {
  const [running = ''] = statusBlock(view(), 72.9);
  expect(running).toMatch(/6 of 12 chunks {2}01:12$/);
  const [ended = ''] = statusBlock(view({ status: 'cancelled' }), 72.9);
  expect(ended).toMatch(/cancelled$/);
});

test('no line is cut: a log and a pipe have room', () => {
  const spans = Array.from({ length: 40 }, (_, index) => ({
    start: index * 60,
    end: index * 60 + 1,
  }));
  const [last = ''] = statusBlock(view({ degradations: [{ ...FALLBACK, spans }] })).slice(-1);
  expect(last).toMatch(/, 39:00-39:01$/);
});

test.each([
  [view({ status: 'queued' }), 'queued: no worker has picked it up yet'],
  [view({ stage: null }, { progress: null }), 'running: no worker answers at the moment'],
  [view({ stage: 'render' }), 'running: render'],
  [
    view({ status: 'waiting', waitingFor: 'provider' }),
    'waiting for the provider: transcribe, 6 of 12 chunks',
  ],
  [view({ status: 'completed', result: 'partial' }), 'completed: partial minutes'],
  [
    view({ status: 'waiting', waitingFor: 'approval', result: 'complete', approval: DRAFT }),
    'waiting for approval until 2026-03-08 12:00 (UTC), reminded: complete minutes can be read',
  ],
  [
    view({
      status: 'waiting',
      waitingFor: 'approval',
      approval: { ...DRAFT, state: 'returned' },
    }),
    'returned: waiting for a correction until 2026-03-08 12:00 (UTC)',
  ],
  [
    view({ status: 'completed', result: 'partial', approval: { ...DRAFT, isExpired: true } }),
    'completed: partial minutes, a draft, expired since 2026-03-08 12:00 (UTC): it can be approved or returned all the same',
  ],
  [
    view({ status: 'completed', result: 'complete', approval: { ...DRAFT, state: 'approved' } }),
    'completed: approved',
  ],
  [view({ status: 'failed' }, { failure: 'NoSpeech' }), 'failed: NoSpeech'],
  [view({ status: 'cancelled' }), 'cancelled'],
  [
    view({ status: 'failed', result: 'partial' }, { failure: 'NoTarget' }),
    'failed: NoTarget; partial minutes can still be read',
  ],
  [
    view({ status: 'cancelled', result: 'complete' }),
    'cancelled; complete minutes can still be read',
  ],
])('a headline says how the job stands', (some, line) => {
  expect(headline(some)).toBe(line);
});

test('a log gets what is new, and nothing where nothing changed', () => {
  const first = view();
  expect(plainLines(null, first)).toEqual(['running: transcribe, 6 of 12 chunks']);
  expect(plainLines(first, view())).toEqual([]);
  const next = view({ chunks: { done: 7, total: 12 }, degradations: [FALLBACK] });
  expect(plainLines(first, next)).toEqual([
    'running: transcribe, 7 of 12 chunks',
    '  ! transcribe: fallback by whisper-base (RateLimited) at 01:24-01:52',
  ]);
  expect(plainLines(next, next)).toEqual([]);
});

test('while the recording is prepared, the chunks that are known are the least that there will be', () => {
  const chunks = { done: 6, total: 12, isAtLeast: true } as const;
  expect(headline(view({ chunks }))).toBe('running: transcribe, 6 of at least 12 chunks');
  const lines = statusBlock({ ...view(), progress: { ...PROGRESS, chunks } });
  expect(lines.find((line) => line.includes('transcribe  running'))).toMatch(
    / 6 of at least 12 chunks$/,
  );
});

test('a bar is always as wide, and full only at the end', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (done, total) => {
      const cells = bar(done, total);
      return cells.length === 24 && (!cells.endsWith('█') || (total > 0 && done >= total));
    }),
  );
});

test('columns are aligned and a title cannot steer the terminal', () => {
  expect(
    aligned([
      ['A', 'B'],
      ['long', 'x'],
    ]),
  ).toEqual(['A     B', 'long  x']);
  expect(printable('Plan\u001B[2Jning\u0007')).toBe('Plan [2Jning ');
  expect(printable('Plan \u202Egnp.exe\u2066 \u05D0\u200F')).toBe('Plan  gnp.exe  \u05D0\u200F');
});

test('below a job that was found stands the line, cut around the word and without control characters', () => {
  const job = {
    tenant: 't',
    id: 'aaaaaaaabbbbbbbbbbbbbbbbbb',
    kind: 'minutes',
    workflowId: 'w',
    runId: null,
    status: 'completed',
    result: 'complete',
    failure: null,
    failureMessage: null,
    title: 'Planning',
    meetingDate: null,
    language: null,
    durationSeconds: null,
    sourceSha256: 's',
    sourceName: 'x',
    minutesKey: null,
    degradations: [],
    approval: null,
    createdAt: new Date(0),
    startedAt: null,
    endedAt: null,
  } as const;
  const line = `${'a '.repeat(50)}the\u001B[2J budget ${'b '.repeat(50)}`;
  const [, row, found] = foundLines([
    listedFound({ job, found: { line, at: line.indexOf('budget') } }),
  ]);
  expect(row).toContain('Planning');
  expect(found).toBe(`    …${'a '.repeat(10)}a the [2J budget ${'b '.repeat(26)}b…`);
  expect(foundLines([])).toEqual(['no job has all of these words']);
});
