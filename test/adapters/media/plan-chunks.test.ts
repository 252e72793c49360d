import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planChunks, settledChunks } from '../../../adapters/media/plan-chunks.ts';
import { chunkPlanSchema } from '../../../workflows/contracts/chunk-plan.ts';

const RATE = 16_000;
const sourceSha256 = 'a'.repeat(64);
const span = (from: number, to: number) => ({ startSample: from * RATE, endSample: to * RATE });

function cutsOf(
  seconds: number,
  spans: readonly { startSample: number; endSample: number }[],
  quietness: ArrayLike<number> = [],
) {
  const { chunks } = planChunks({
    samples: seconds * RATE,
    spans,
    quietness,
    limitSeconds: 30,
    sourceSha256,
    preparationVersion: 1,
  });
  return chunks.map(({ startSample, endSample, speech }) => [
    startSample / RATE,
    endSample / RATE,
    speech,
  ]);
}

test('a short recording is one chunk', () => {
  expect(cutsOf(12, [span(1, 11)])).toEqual([[0, 12, true]]);
});

test('a cut is in the middle of the longest silence of the last third', () => {
  // Longer, but in the first two thirds: 10-14. In the last third: 22-22.5, 25-26, 28-28.4.
  const spans = [span(0, 10), span(14, 22), span(22.5, 25), span(26, 28), span(28.4, 40)];
  expect(cutsOf(40, spans)).toEqual([
    [0, 25.5, true],
    [25.5, 40, true],
  ]);
});

test('without silence, a cut is at the quietest 20 ms of the last third', () => {
  const quietness = new Float64Array(40 * 50).fill(9);
  quietness[5 * 50] = 1; // quieter, but too early
  quietness[24 * 50] = 3;
  expect(cutsOf(40, [span(0, 40)], quietness)).toEqual([
    [0, 24.01, true],
    [24.01, 40, true],
  ]);
});

test('a silence of five seconds is its own chunk, minus half a second for the words on either side', () => {
  expect(cutsOf(30, [span(6, 10), span(15, 20), span(24, 24.9)])).toEqual([
    [0, 5.5, false],
    [5.5, 10.5, true],
    [10.5, 14.5, false],
    [14.5, 25.4, true],
    [25.4, 30, false],
  ]);
});

test('what may be a voice is sent with a second on either side, and is no voice in the numbers', () => {
  const { chunks, soundInSilence } = planChunks({
    samples: 60 * RATE,
    spans: [span(20, 22)],
    faint: [span(10, 10.5), span(26, 26.1), span(40, 41)],
    quietness: [],
    limitSeconds: 28,
    sourceSha256,
    preparationVersion: 1,
  });
  expect(
    chunks.map((chunk) => [chunk.endSample / RATE, chunk.speech, chunk.speechSeconds]),
  ).toEqual([
    [9, false, 0],
    [11.5, true, 0],
    [19.5, false, 0],
    [27.1, true, 2],
    [39, false, 0],
    [42, true, 0],
    [60, false, 0],
  ]);
  expect(soundInSilence).toEqual([]);
});

test('what is heard and not sent is listed', () => {
  const quietness = new Float64Array(20 * 50).fill(10);
  quietness.fill(90_000, 2 * 50, 3 * 50);
  quietness.fill(90_000, 12 * 50, 13 * 50);
  const input = { samples: 20 * RATE, spans: [span(12, 13)], quietness, limitSeconds: 28 };
  expect(planChunks({ ...input, sourceSha256, preparationVersion: 1 }).soundInSilence).toEqual([
    span(2, 3),
  ]);
});

test('a recording without voice is one silent chunk, however long', () => {
  expect(cutsOf(4000, [])).toEqual([[0, 4000, false]]);
});

test('a chunk states how much voice it contains, and where', () => {
  const { chunks } = planChunks({
    samples: 20 * RATE,
    spans: [span(1, 3), span(4, 4.5), span(12, 13)],
    quietness: [],
    limitSeconds: 28,
    sourceSha256,
    preparationVersion: 1,
  });
  expect(chunks.map(({ speechSeconds }) => speechSeconds)).toEqual([2.5, 0, 1, 0]);
  expect(chunks.map(({ voice }) => voice)).toEqual([
    [span(1, 3), span(4, 4.5)],
    [],
    [span(12, 13)],
    [],
  ]);
});

test('a limit below one second is rejected', () => {
  const input = {
    samples: RATE,
    spans: [],
    quietness: [],
    limitSeconds: 0.5,
    sourceSha256,
    preparationVersion: 1,
  };
  expect(() => planChunks(input)).toThrow(RangeError);
});

/** Any recording up to some ten minutes: pauses and voice by turns, a limit, and what its frames hold. */
const recording = fc
  .record({
    turns: fc.array(fc.tuple(fc.nat(9 * RATE), fc.integer({ min: 1, max: 70 * RATE })), {
      maxLength: 12,
    }),
    rest: fc.integer({ min: 1, max: 8 * RATE }),
    limitSeconds: fc.double({ min: 1, max: 300, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ turns, rest, limitSeconds, seed }) => {
    const spans: { startSample: number; endSample: number }[] = [];
    let at = 0;
    for (const [pause, voice] of turns) {
      const startSample = at + pause + (spans.length > 0 ? 1 : 0);
      at = startSample + voice;
      spans.push({ startSample, endSample: at });
    }
    const samples = at + rest;
    const quietness = Float64Array.from(
      { length: Math.ceil(samples / 320) },
      (_, frame) => (frame * seed) % 997,
    );
    return { samples, spans, quietness, limitSeconds, sourceSha256, preparationVersion: 1 };
  });

test('every plan tiles its recording, keeps the limit and covers every voiced sample', () => {
  fc.assert(
    fc.property(recording, (input) => {
      const plan = chunkPlanSchema.parse(planChunks(input));
      let end = 0;
      for (const [index, chunk] of plan.chunks.entries()) {
        expect(chunk.index).toBe(index);
        expect(chunk.startSample).toBe(end);
        expect(chunk.endSample).toBeGreaterThan(end);
        end = chunk.endSample;
        const overlap = input.spans.reduce(
          (sum, { startSample, endSample }) =>
            sum +
            Math.max(
              0,
              Math.min(endSample, chunk.endSample) - Math.max(startSample, chunk.startSample),
            ),
          0,
        );
        expect(chunk.speechSeconds).toBeCloseTo(overlap / RATE, 2);
        const longest = chunk.speech ? input.limitSeconds * RATE : Infinity;
        expect(chunk.endSample - chunk.startSample).toBeLessThanOrEqual(longest);
        expect(chunk.speech ? 0 : overlap).toBe(0);
      }
      expect(end).toBe(input.samples);
      expect(planChunks(input)).toEqual(plan);
    }),
    { numRuns: 300 },
  );
});

/** The recording up to the end of one of its spans, and no more than is known then. */
const beginningOf = (input: Parameters<typeof planChunks>[0], last: number) => {
  const { spans, faint = [], quietness } = input;
  const samples = spans[last]?.endSample ?? 0;
  return {
    ...input,
    samples,
    spans: spans.slice(0, last + 1),
    faint: faint.filter(({ endSample }) => endSample < samples),
    quietness: Array.from(quietness).slice(0, Math.floor(samples / 320)),
  };
};

/** With what may be a voice in the middle of some of the long silences. */
const withFaint = recording.map((input) => {
  const faint = input.spans.flatMap(({ endSample }, index) => {
    const next = input.spans[index + 1]?.startSample ?? 0;
    if (next - endSample < 6 * RATE || index % 2 > 0) return [];
    return [{ startSample: endSample + 2 * RATE, endSample: next - 3 * RATE }];
  });
  return { ...input, faint };
});

test('the chunks that are settled at the end of any span are the first ones of the plan, whatever follows', () => {
  let settled = 0;
  fc.assert(
    fc.property(withFaint, fc.nat(11), (input, at) => {
      fc.pre(at < input.spans.length);
      const first = settledChunks(planChunks(beginningOf(input, at)));
      settled += first.length;
      expect(planChunks(input).chunks.slice(0, first.length)).toEqual(first);
    }),
    { numRuns: 150 },
  );
  expect(settled).toBeGreaterThan(150);
});

test('a plan that follows its own first chunks is the same plan', () => {
  fc.assert(
    fc.property(withFaint, fc.nat(20), (input, count) => {
      const plan = planChunks(input);
      const before = plan.chunks.slice(0, Math.min(count, plan.chunks.length - 1));
      expect(planChunks({ ...input, before })).toEqual(plan);
    }),
    { numRuns: 100 },
  );
});

test('a plan that follows other chunks goes on where they end', () => {
  const before = [{ ...span(0, 17), index: 0, speech: true, speechSeconds: 16, voice: [] }];
  const { chunks } = planChunks({
    samples: 60 * RATE,
    spans: [span(1, 16), span(16.5, 40)],
    quietness: [],
    limitSeconds: 20,
    sourceSha256,
    preparationVersion: 1,
    before,
  });
  expect(chunks[0]).toEqual(before[0]);
  expect(
    chunks.slice(1).map((it) => [it.index, it.startSample / RATE, it.endSample / RATE, it.speech]),
  ).toEqual([
    [1, 17, 30.35, true],
    [2, 30.35, 40.5, true],
    [3, 40.5, 60, false],
  ]);
});
