import { expect, test } from 'vitest';
import type { z } from 'zod';
import { editWith, readEdits } from '../../../../client/jobs/explain/edits.ts';
import type { ActionItem, Minutes } from '../../../../workflows/contracts/minutes.ts';
import type { Revision, RevisionKind } from '../../../../workflows/contracts/revision.ts';
import { sampleMinutes } from '../../../activities/minutes/render/sample-minutes.ts';

/** Which statements of edited minutes a person wrote, and which change did it. */

const says = (...texts: string[]): Partial<Minutes> => ({
  keyPoints: texts.map((text) => ({ text, citations: [], verified: false })),
});
const task: ActionItem = {
  task: 'Test it',
  owner: 'S2',
  due: '2026-11-27',
  dueText: 'by Friday',
  citations: [],
  verified: false,
};

interface Step extends Partial<Minutes> {
  readonly kind: RevisionKind;
}

/** The minutes after these changes of version 1, by a person whose name is the number of the version. */
async function after(first: Partial<Minutes>, steps: readonly Step[], lost?: number) {
  const stored = new Map<string, Minutes>([['1', { ...sampleMinutes, ...first, version: 1 }]]);
  let shown = stored.get('1') ?? sampleMinutes;
  for (const { kind, ...change } of steps) {
    const version = shown.version + 1;
    const at = '2026-12-01T10:00:00.000Z';
    const made: Revision = { kind, version, base: shown.version, by: `${version}`, at };
    const revisions = [...(shown.revisions ?? []), made];
    shown = { ...shown, ...change, version, revisions };
    stored.set(`${version}`, shown);
  }
  const versions = [...stored.values()].map(({ version }) => ({
    version,
    minutesKey: `${version}`,
  }));
  const findJson = <T>(key: string, schema: z.ZodType<T>) =>
    Promise.resolve(key === String(lost) ? null : schema.parse(stored.get(key)));
  const edits = await readEdits(shown, versions, { findJson });
  const by = (wording: Parameters<typeof editWith>[1]) => {
    const edit = editWith(edits, wording);
    return edit === null || edit === 'unknown' ? edit : edit.by;
  };
  return {
    keyPoints: shown.keyPoints.map(by),
    summary: by(shown.summary),
    tasks: shown.actionItems.map(by),
  };
}

test('what is in the version before an edit is no work of the person, and the rest is', async () => {
  const made = await after(says('a', 'b'), [{ kind: 'edit', ...says('b', 'c') }]);
  expect(made).toMatchObject({ keyPoints: [null, '2'], summary: null });
  expect(await after({}, [{ kind: 'edit', summary: 'Mine.' }])).toMatchObject({ summary: '2' });
});

test('of several edits it is the last one that brought the words', async () => {
  const { keyPoints } = await after(says('a'), [
    { kind: 'edit', ...says('a', 'b') },
    { kind: 'rename' },
    { kind: 'edit', ...says('a', 'b', 'c') },
    { kind: 'edit', ...says('a', 'c') },
    { kind: 'edit', ...says('a', 'b', 'c') },
  ]);
  expect(keyPoints).toEqual([null, '6', '4']);
});

test('a summary that is written anew is no work of the persons before', async () => {
  const { keyPoints } = await after(says('a'), [
    { kind: 'edit', ...says('b') },
    { kind: 'resummarize', ...says('b', 'c') },
    { kind: 'edit', ...says('b', 'c', 'd') },
  ]);
  expect(keyPoints).toEqual([null, null, '4']);
});

test('without the version before an edit nobody can tell', async () => {
  const steps: Step[] = [
    { kind: 'edit', ...says('b') },
    { kind: 'edit', ...says('b', 'c') },
  ];
  await expect(after(says('a'), steps, 1)).resolves.toMatchObject({ keyPoints: ['unknown', '3'] });
});

test.each<[string, Partial<Minutes>, string | null]>([
  ['another owner', { actionItems: [{ ...task, owner: 'Ann' }] }, '2'],
  ['another day', { actionItems: [{ ...task, due: '2026-12-24' }] }, '2'],
  [
    'the day that follows from a corrected date',
    { date: '2026-12-01', actionItems: [{ ...task, due: '2026-12-04' }] },
    null,
  ],
])('a task with %s', async (_, change, by) => {
  const { tasks } = await after({ actionItems: [task] }, [{ kind: 'edit', ...change }]);
  expect(tasks).toEqual([by]);
});

test('an owner who was joined to another speaker is no work of an edit', async () => {
  const { tasks } = await after({ actionItems: [task] }, [
    { kind: 'edit', ...says('a') },
    {
      kind: 'join',
      actionItems: [{ ...task, owner: 'S1' }],
      speakers: [{ id: 'S1', name: null, seconds: 10, joined: ['S2'] }],
    },
  ]);
  expect(tasks).toEqual([null]);
});
