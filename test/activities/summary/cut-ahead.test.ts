import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whoSpoke } from '../../../activities/speakers/who-spoke.ts';
import { STANDARD } from '../../../activities/summary/outline.ts';
import { cutBeginning, cutTranscript, type Section } from '../../../activities/summary/sections.ts';
import type { Rest } from '../../../activities/summary/rest-of-transcript.ts';
import type { Count } from '../../../activities/summary/token-budget.ts';
import { parseLines } from '../../../activities/transcript/transcript-line.ts';
import { sectionWork } from '../../../activities/summary/summary-work.ts';
import {
  decidedLanguage,
  mergeNext,
  mergeTranscript,
  mergedSchema,
  NOTHING_MERGED,
} from '../../../activities/transcript/merge-transcript.ts';
import type { SettledChunk } from '../../../activities/transcript/settle-chunk.ts';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { planOf } from '../recording/plans.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

/** The smallest context; a token has four characters. */
const within = { contextTokens: 4096, count: (text: string) => Math.ceil(text.length / 4) };
const sentence = 'We talked about the budget for some time, and came to no end of it. ';

const JOB: JobInput = {
  schemaVersion: 1,
  kind: 'minutes',
  tenant: 'default',
  jobId: 'a'.repeat(26),
  source: { kind: 'recording', sha256: 'a'.repeat(64), bytes: 1, name: 'a.flac' },
  options: { language: null, date: null, attendees: [], image: false },
  forceNonce: null,
} as unknown as JobInput;

interface Heard {
  readonly plan: ChunkPlan;
  readonly settled: ReadonlyMap<number, SettledChunk>;
  readonly given: string | null;
  /** Who speaks, if anybody tells: the whole recording is known. */
  readonly turns: readonly { start: number; end: number; speaker: string }[] | null;
}

const anyPiece = () =>
  fc.record({
    start: fc.option(fc.double({ min: 0, max: 28, noNaN: true })),
    end: fc.option(fc.double({ min: 0, max: 28, noNaN: true })),
    text: fc.oneof(
      fc.integer({ min: 1, max: 12 }).map((times) => sentence.repeat(times).trim()),
      fc.constantFrom('我们决定下周五之前完成。', 'Is that so?', 'x'.repeat(9000), 'and so on'),
    ),
    language: fc.constantFrom('en', 'en', 'en', 'zh', null),
    isTimeEstimated: fc.boolean(),
    mayBeInvented: fc.constant(false),
  });

/** Recordings with one or two tracks, with chunks that failed, with or without voices told apart. */
const anyHeard = (): fc.Arbitrary<Heard> =>
  fc
    .record({
      lengths: fc.array(fc.integer({ min: -28, max: 28 }), { minLength: 1, maxLength: 10 }),
      chunks: fc.array(fc.option(fc.array(anyPiece(), { maxLength: 6 }), { freq: 6 }), {
        minLength: 20,
        maxLength: 20,
      }),
      tracks: fc.constantFrom(1, 1, 2),
      given: fc.constantFrom(null, 'en'),
      turns: fc.option(
        fc.array(
          fc.record({
            start: fc.integer({ min: 0, max: 280 }),
            length: fc.integer({ min: 1, max: 40 }),
            speaker: fc.constantFrom('a', 'b'),
          }),
          { maxLength: 12 },
        ),
      ),
    })
    .map(({ lengths, chunks, tracks, given, turns }) => {
      const plan = planOf(Array.from({ length: tracks }, () => lengths).flat());
      const starts = Array.from({ length: tracks }, (_, track) => (plan.samples / tracks) * track);
      const heard = starts.map((startSample) => ({ startSample, heard: [], damage: [] }));
      const settled = plan.chunks.flatMap(({ index, speech }) => {
        const pieces = speech ? (chunks[index] ?? null) : null;
        return pieces === null
          ? []
          : [[index, { pieces, wordless: [], untimedSeconds: 0 }] as const];
      });
      return {
        plan: { ...plan, sound: { tracks: heard, leftOut: [], cut: false } },
        settled: new Map(settled),
        given,
        turns:
          turns?.map(({ start, length, speaker }) => ({ start, end: start + length, speaker })) ??
          null,
      };
    });

/**
 * The sections, with the language in which they are summarised, that are cut after each of these numbers of chunks; null:
 * the language is not known yet. Each cut has the count of its turn.
 */
function cutAfter(
  { plan, settled, given, turns }: Heard,
  steps: readonly number[],
  counts: readonly Count[] = [within.count],
) {
  let [merged, sections, before] = [NOTHING_MERGED, new Array<Section>(), 0];
  let rest: Rest = { segments: [], used: 0 };
  let language: string | null = null;
  for (const [turn, next] of steps.entries()) {
    const heard = new Map([...settled].filter(([index]) => index >= before && index < next));
    const speakers = whoSpoke(plan, turns);
    const made = mergeNext(merged, plan, next, { settled: heard, speakers });
    // What is carried to the next cut is stored as JSON.
    merged = mergedSchema.parse(JSON.parse(JSON.stringify(made.merged)));
    before = next;
    rest = { ...rest, segments: [...rest.segments, ...made.segments] };
    language = given ?? decidedLanguage(plan, next, merged);
    if (language === null) continue;
    const count = counts[turn % counts.length] ?? within.count;
    const cut = cutBeginning(rest, language, { ...within, count, first: sections.length });
    sections = [...sections, ...cut.sections];
    rest = cut.rest;
  }
  return language === null ? null : { language, sections };
}

/** Up to three numbers of chunks, in order. */
const anySteps = () =>
  fc
    .array(fc.nat(20), { minLength: 1, maxLength: 3 })
    .map((steps) => steps.toSorted((a, b) => a - b));

/** Forty chunks of one voice in English, each with 1,600 characters. */
function monologue(): Heard {
  const plan = planOf(Array.from({ length: 40 }, () => 28));
  const pieces = [
    {
      start: 0,
      end: 27,
      text: sentence.repeat(24).trim(),
      language: 'en',
      isTimeEstimated: false,
      mayBeInvented: false,
    },
  ];
  const chunk = { pieces, wordless: [], untimedSeconds: 0 };
  const settled = new Map(plan.chunks.map(({ index }) => [index, chunk]));
  return { plan, settled, given: null, turns: null };
}

describe('the sections that are cut ahead', () => {
  test('are the first sections of the whole recording, and the same work, whatever follows', () => {
    fc.assert(
      fc.property(anyHeard(), anySteps(), (heard, any) => {
        const { plan, settled, given, turns } = heard;
        const whole = mergeTranscript(plan, settled, given, whoSpoke(plan, turns));
        const sections = cutTranscript(whole, within);
        const steps = any.map((step) => Math.min(step, plan.chunks.length));
        const ahead = cutAfter(heard, steps) ?? {
          language: whole.language,
          sections: [],
        };
        const keysOf = (cut: readonly Section[], language: string | null) =>
          cut.map((section) => sectionWork(JOB, section, { language, outline: STANDARD }).workKey);
        const same = sections.slice(0, ahead.sections.length);
        expect(ahead.sections).toEqual(same);
        expect(keysOf(ahead.sections, ahead.language)).toEqual(keysOf(same, whole.language));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('stay when a tokenizer comes or goes, and no character is lost or told twice', () => {
    const textOf = (sections: readonly Section[]) =>
      sections
        .flatMap(({ text }) => parseLines(text))
        .map(({ text }) => text)
        .join('');
    const generous: Count = (text) => Math.ceil(text.length / 7);
    fc.assert(
      fc.property(anyHeard(), anySteps(), fc.boolean(), (heard, any, isFirst) => {
        const { plan, settled, given, turns } = heard;
        const whole = mergeTranscript(plan, settled, given, whoSpoke(plan, turns));
        const steps = any.map((step) => Math.min(step, plan.chunks.length));
        const counts = isFirst ? [generous, within.count] : [within.count, generous];
        const ahead = cutAfter(heard, steps, counts)?.sections ?? [];
        const sections = cutTranscript(whole, within, [{ sections: ahead, isWhole: false }]);
        expect(sections.slice(0, ahead.length)).toEqual(ahead);
        expect(sections.map(({ index }) => index)).toEqual([...sections.keys()]);
        expect(textOf(sections)).toBe(whole.segments.map(({ text }) => text).join(''));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('are left where the transcript says something else', () => {
    const whole = mergeTranscript(monologue().plan, monologue().settled, 'en');
    const cuts = cutTranscript(whole, within);
    const corrected = {
      ...whole,
      segments: whole.segments.map((segment) =>
        segment.id === 's20' ? { ...segment, text: 'Other words.' } : segment,
      ),
    };
    const generous = { ...within, count: (text: string) => Math.ceil(text.length / 7) };
    const again = cutTranscript(corrected, generous, [{ sections: cuts, isWhole: true }]);
    const same = cuts.findIndex(({ segmentIds }) => segmentIds.includes('s20'));
    expect(same).toBeGreaterThan(1);
    expect(again.slice(0, same)).toEqual(cuts.slice(0, same));
    expect(again[same]?.text).toContain('Other words.');
    // What is said behind it has been cut, too.
    expect(again.slice(same + 1)).toEqual(cuts.slice(same + 1));
  });

  test('are all but the last one that the recording has so far', () => {
    const heard = { ...monologue(), given: 'en' };
    const whole = cutTranscript(mergeTranscript(heard.plan, heard.settled, 'en'), within);
    const half = cutAfter(heard, [20])?.sections.length ?? 0;
    expect(half).toBeGreaterThanOrEqual(2);
    expect(half).toBeLessThan(whole.length);
    expect(whole[half]?.segmentIds).toContain('s20');
  });

  test('are none before the language cannot change any more', () => {
    const heard = monologue();
    expect(cutAfter(heard, [20])).toBeNull();
    expect(cutAfter(heard, [21])?.language).toBe('en');
    expect(cutAfter({ ...heard, given: 'en' }, [1])?.language).toBe('en');
  });

  test('are none of the first of two tracks before the second is transcribed, too', () => {
    const { plan, ...heard } = { ...monologue(), given: 'en' };
    const starts = [0, plan.samples / 2];
    const tracks = starts.map((startSample) => ({ startSample, heard: [], damage: [] }));
    const both = { ...heard, plan: { ...plan, sound: { tracks, leftOut: [], cut: false } } };
    expect(cutAfter(both, [20])?.sections).toEqual([]);
    expect(cutAfter(both, [20, 35])?.sections.length).toBeGreaterThan(2);
  });

  test('keep room for what the prompt says of speakers, who may be heard only later', () => {
    const plain = cutTranscript(transcriptOf(Array.from({ length: 400 }, () => sentence)), within);
    const named = cutTranscript(
      transcriptOf(
        Array.from({ length: 400 }, () => sentence),
        Array.from({ length: 400 }, (_, index) => (index === 399 ? 'S1' : null)),
      ),
      within,
    );
    expect(named.slice(0, -1)).toEqual(plain.slice(0, -1));
  });
});
