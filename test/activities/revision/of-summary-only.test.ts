import { expect, test } from 'vitest';
import { isOfSummaryOnly } from '../../../activities/revision/of-summary-only.ts';
import { editedSchema } from '../../../workflows/contracts/edited.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../../../workflows/contracts/revision.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

const before: Minutes = {
  ...sampleMinutes,
  speakers: [{ id: 'S1', name: null, seconds: 10 }],
};
const common = {
  schemaVersion: 1,
  by: 'Eve',
  at: '2026-03-02T10:00:00.000Z',
  baseKey: 'b',
} as const;
const edit = (file: 'minutes' | 'transcript'): Change => ({
  ...common,
  kind: 'edit',
  edited: editedSchema.parse({ ...(file === 'minutes' ? before : sampleTranscript), file }),
});

test.each<[string, Partial<Minutes>]>([
  ['the summary', { summary: 'All is well.' }],
  ['a statement', { decisions: [] }],
  ['a task', { actionItems: [] }],
])('of an edit of %s a new summary leaves nothing', (_, changed) => {
  expect(isOfSummaryOnly(edit('minutes'), before, { ...before, ...changed })).toBe(true);
});

test.each<[string, Partial<Minutes>]>([
  ['the title', { title: 'Budget' }],
  ['the date', { date: '2026-03-03' }],
  ['the attendees', { attendees: ['Eve'] }],
  ['the name of a speaker', { speakers: [{ id: 'S1', name: 'Eve', seconds: 10 }] }],
])('an edit of %s outlives a new summary', (_, changed) => {
  const after = { ...before, decisions: [], ...changed };
  expect(isOfSummaryOnly(edit('minutes'), before, after)).toBe(false);
});

test('an edit of the transcript outlives a new summary, and other changes are no edits', () => {
  expect(isOfSummaryOnly(edit('transcript'), before, before)).toBe(false);
  const rename: Change = { ...common, kind: 'rename', speaker: 'S1', name: 'Eve' };
  expect(isOfSummaryOnly(rename, before, before)).toBe(false);
});
