import { expect } from 'vitest';
import { seconds } from '../../workflows/contracts/chunk-plan.ts';
import type { StoredJob } from './stored-job.ts';

/** Law 1: the plan tiles the recording, every chunk with speech is answered, every character is summarised. */
export function expectWhole({ minutes, transcript, plan, outcomes }: StoredJob): void {
  expect(minutes).toMatchObject({ status: 'complete', degradations: [] });

  expect(plan.chunks.map(({ index }) => index)).toEqual([...plan.chunks.keys()]);
  expect(plan.chunks[0]?.startSample).toBe(0);
  expect(plan.chunks.slice(1).map(({ startSample }) => startSample)).toEqual(
    plan.chunks.slice(0, -1).map(({ endSample }) => endSample),
  );
  expect(plan.chunks.at(-1)?.endSample).toBe(plan.samples);

  expect(outcomes.map(({ index, outcome }) => ({ index, outcome }))).toEqual(
    plan.chunks.map(({ index, speech }) => ({ index, outcome: speech ? 'answered' : 'silent' })),
  );

  const { coverage } = minutes;
  expect(coverage).toMatchObject({ gaps: [], failedSections: [] });
  expect(coverage.audioSeconds).toBe(seconds(plan.samples));
  expect(coverage.transcribedSeconds + coverage.silenceSeconds).toBeCloseTo(
    coverage.audioSeconds,
    3,
  );
  expect(coverage.transcriptCharacters).toBe(
    transcript.segments.reduce((sum, { text }) => sum + text.length, 0),
  );
  expect(coverage.summarizedCharacters).toBe(coverage.transcriptCharacters);
}
