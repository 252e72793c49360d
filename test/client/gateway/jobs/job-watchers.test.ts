import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createEventStream } from '../../../../client/gateway/jobs/event-stream.ts';
import { createJobWatchers, stateOf } from '../../../../client/gateway/jobs/job-watchers.ts';
import type { JobView } from '../../../../client/jobs/job-view.ts';

const view = (done: number, status: 'running' | 'completed' = 'running'): JobView => ({
  failure: null,
  failureMessage: null,
  progress: null,
  status: {
    id: 'j',
    status,
    waitingFor: null,
    result: null,
    approval: null,
    stage: 'transcribe',
    chunks: { done, total: 9 },
    degradations: [],
    costUsd: null,
  },
});
const job = { tenant: 't', id: 'j' };

/** Looks at a job whose state a test sets. */
function watched(state: { view: JobView; fails?: boolean }) {
  const counts = { looks: 0, troubles: 0 };
  const watchers = createJobWatchers({
    intervalMs: 5,
    beatMs: 20,
    look: async () => {
      counts.looks += 1;
      if (state.fails === true) throw new Error('Temporal is away');
      return await Promise.resolve(state.view);
    },
    onTrouble: () => (counts.troubles += 1),
  });
  return { counts, watchers };
}

function heard() {
  const told: string[] = [];
  return {
    told,
    listener: {
      next: ({ json }: { json: string }) =>
        void told.push(String((JSON.parse(json) as JobView['status']).chunks.done)),
      beat: () => void (told.includes('beat') || told.push('beat')),
      end: (isOver: boolean) => void told.push(isOver ? 'over' : 'left'),
    },
  };
}

test('a job is looked at once a time, however many listen, and no more when all have left', async () => {
  const state = { view: view(1) };
  const { counts, watchers } = watched(state);
  const many = Array.from({ length: 50 }, heard);
  const leave = many.map(({ listener }) => watchers.listen(job, listener, undefined));
  await expect.poll(() => many.every(({ told }) => told[0] === '1')).toBe(true);
  const before = counts.looks;
  await sleep(60);
  expect(counts.looks - before).toBeLessThan(20);
  for (const one of leave) one();
  await sleep(20);
  const left = counts.looks;
  await sleep(40);
  expect(counts.looks).toBe(left);
  // Somebody new is told again.
  const late = heard();
  const end = watchers.listen(job, late.listener, undefined);
  await expect.poll(() => late.told[0]).toBe('1');
  end();
});

test('a state is told once, a known one not at all, and the end ends it', async () => {
  const state = { view: view(1) };
  const { watchers } = watched(state);
  const [fresh, knowing] = [heard(), heard()];
  watchers.listen(job, fresh.listener, undefined);
  watchers.listen(job, knowing.listener, stateOf(view(1)).id);
  await expect.poll(() => fresh.told).toContain('beat');
  state.view = view(2);
  await expect.poll(() => knowing.told).toContain('2');
  state.view = view(3, 'completed');
  await expect.poll(() => fresh.told.at(-1)).toBe('over');
  expect(fresh.told.filter((one) => one !== 'beat')).toEqual(['1', '2', '3', 'over']);
  expect(knowing.told.filter((one) => one !== 'beat')).toEqual(['2', '3', 'over']);
});

test('an outage is waited out, and told once; a server that closes ends nothing for good', async () => {
  const state = { view: view(1), fails: true };
  const { counts, watchers } = watched(state);
  const { told, listener } = heard();
  watchers.listen(job, listener, undefined);
  await expect.poll(() => counts.looks).toBeGreaterThan(1);
  expect(counts.troubles).toBe(1);
  state.fails = false;
  await expect.poll(() => told).toContain('1');
  watchers.close();
  await expect.poll(() => told.at(-1)).toBe('left');
});

test('a client that reads slowly gets the latest state, and the end', async () => {
  const { stream, listener } = createEventStream();
  const json = 'x'.repeat(100_000);
  for (let id = 1; id <= 100; id += 1) listener.next({ id: String(id), json, isLast: false });
  expect(stream.readableLength).toBeLessThan(250_000);
  const read = (async () => {
    let text = '';
    for await (const block of stream) text += String(block);
    return text;
  })();
  await sleep(10);
  listener.end(true);
  const text = await read;
  expect(text).toMatch(/^retry: 3000\n\nevent: progress\nid: 1\n/);
  expect(text.match(/^id: .*$/gm)).toEqual(['id: 1', 'id: 100']);
  expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true);
});
