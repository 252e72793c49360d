import { describe, expect, test } from 'vitest';
import { createScriptedTranscriber } from '../../../../local/inference-server/models/scripted-transcriber.ts';
import { sampleFlac } from '../start-server.ts';

const options = { language: null };

describe('the scripted transcriber', () => {
  test('answers the same for the same audio, something else for other audio, always inside its length', async () => {
    const transcriber = createScriptedTranscriber({ latencyMs: 0 });
    const [one, other] = [await sampleFlac(0, 20), await sampleFlac(20, 20)];
    const first = await transcriber.transcribe({ ...options, audio: one });
    expect(await transcriber.transcribe({ ...options, audio: one })).toEqual(first);
    expect(await transcriber.transcribe({ ...options, audio: other })).not.toEqual(first);
    let end = 0;
    for (const segment of first.segments) {
      expect(segment.start).toBeGreaterThanOrEqual(end);
      expect(segment.end).toBeGreaterThanOrEqual(segment.start);
      ({ end } = segment);
    }
    expect(end).toBeLessThanOrEqual(first.durationSeconds);
    expect(first.segments.length).toBeGreaterThan(2);
  });
});
