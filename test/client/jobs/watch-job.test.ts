import { expect, test } from 'vitest';
import type { JobView } from '../../../client/jobs/job-view.ts';
import { WatchInterruptedError, watchJob } from '../../../client/jobs/watch-job.ts';

const view = (status: JobView['status']['status']) => ({ status: { status } }) as JobView;

test('every look is shown until the job has ended', async () => {
  const looks = (['queued', 'running', 'waiting', 'running', 'failed'] as const).map(view);
  const rest = looks.values();
  const shown: JobView[] = [];
  const last = await watchJob({
    id: 'some',
    intervalMs: 1,
    signal: new AbortController().signal,
    look: async () => rest.next().value ?? view('completed'),
    show: (look) => shown.push(look),
  });
  expect(shown).toEqual(looks);
  expect(last.status.status).toBe('failed');
});

test('the signal ends the watching at once, however long the pause', async () => {
  const interruption = new AbortController();
  const watched = watchJob({
    id: 'some',
    intervalMs: 60_000,
    signal: interruption.signal,
    look: async () => view('running'),
    show: () => {
      interruption.abort();
    },
  });
  await expect(watched).rejects.toThrow(WatchInterruptedError);
  await expect(watched).rejects.toThrow(/the job goes on.*watch some/);
});
