import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bundledWorkflows } from '../support/bundled-workflows.ts';
import { historyText } from '../support/history-text.ts';
import { installQuietRuntime } from '../support/install-quiet-runtime.ts';

/** Histories of real jobs, exported by `npm run history:export` and listed in test/fixtures/histories/README.md. */
const FOLDER = join(import.meta.dirname, '../fixtures/histories');
const goldens = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

const historySchema = z.object({ events: z.array(z.looseObject({ eventType: z.string() })) });
const readGolden = (file: string) =>
  historySchema.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));

// The last test makes the SDK's core log an error, as expected.
installQuietRuntime();

const replay = async (history: unknown) => {
  const workflowBundle = await bundledWorkflows();
  await Worker.runReplayHistory({ workflowBundle }, history, 'minutes/default/x');
};

test('the recorded histories include every way in which a job ends', () => {
  const ends = goldens.map((file) => [file, readGolden(file).events.at(-1)?.eventType]);
  expect(Object.fromEntries(ends)).toEqual({
    'ahead.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'approval.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'cancelled.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
    'chunks-ahead.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'complete.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'continued.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'continues.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
    'degraded.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'delivery.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'draft.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    'failed-summary.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    'failed.json': 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
  });
});

describe.each(goldens)('the history %s', (file) => {
  test('replays with the current code', async () => {
    await expect(replay(readGolden(file))).resolves.toBeUndefined();
  });

  test('names no machine, no folder and no process', () => {
    const text = historyText(readGolden(file));
    expect(text).toMatch(/lookUpChunks|lookAtApproval|postWebhook/);
    expect(text).not.toMatch(/\d@|file:\/\/|(^|[\s"(])\/(?!\/)\w+\/\w/m);
    expect(text).not.toContain(hostname());
  });
});

test('a history with two activities swapped does not replay', async () => {
  const history = readGolden('complete.json');
  const swapped = structuredClone(history);
  const scheduled = swapped.events.map((event) =>
    z
      .object({ activityType: z.object({ name: z.string() }) })
      .optional()
      .parse(event['activityTaskScheduledEventAttributes']),
  );
  const typeOf = (name: string) =>
    scheduled.findIndex((attributes) => attributes?.activityType.name === name);
  const [assemble, cut] = [typeOf('assembleTranscript'), typeOf('cutSections')];
  expect(Math.min(assemble, cut)).toBeGreaterThan(0);
  const rename = (index: number, name: string) => {
    Object.assign(swapped.events[index]?.['activityTaskScheduledEventAttributes'] ?? {}, {
      activityType: { name },
    });
  };
  rename(assemble, 'cutSections');
  rename(cut, 'assembleTranscript');

  await expect(replay(swapped)).rejects.toThrow(DeterminismViolationError);
  expect(DeterminismViolationError).toBeTypeOf('function');
});
