import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identifySegments, withHighestId } from '../../../activities/revision/segment-ids.ts';
import { transcriptSchema, type Transcript } from '../../../workflows/contracts/transcript.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

const BASE = transcriptOf(['Good morning.', 'Yes.', 'We ship in March.', 'Yes.', 'Who tests?']);
const [one, two, three, four, five] = BASE.segments;
if (!one || !two || !three || !four || !five) throw new Error('there are five segments');
const withoutId = ({ id: _id, ...segment }: typeof one) => segment;
const idsIn = (before: Transcript, segments: Parameters<typeof identifySegments>[1]) =>
  identifySegments(before, segments).map(({ id }) => id);

describe('segments of an edited file', () => {
  test.each([
    ['reworded', [one, two, { ...three, text: 'We ship in May.' }, four, five], 's1 s2 s3 s4 s5'],
    [
      'moved in time',
      [one, two, { ...three, start: 5, speaker: 'S2' }, four, five],
      's1 s2 s3 s4 s5',
    ],
    ['removed', [one, three, four, five], 's1 s3 s4 s5'],
    ['moved', [one, three, two, four, five], 's1 s3 s2 s4 s5'],
    [
      'put in',
      [one, { ...withoutId(one), text: 'Hello.' }, two, three, four, five],
      's1 s6 s2 s3 s4 s5',
    ],
    ['copied, with the words changed', [one, { ...three, text: 'We' }, two, three], 's1 s6 s2 s3'],
    ['given twice', [one, one, two], 's1 s6 s2'],
    [
      'split',
      [one, two, { ...three, text: 'We ship' }, { ...withoutId(three), text: 'in March.' }],
      's1 s2 s3 s6',
    ],
    [
      'split, both with the id',
      [
        { ...three, text: 'We ship' },
        { ...three, text: 'in March.' },
      ],
      's3 s6',
    ],
    ['joined', [one, { ...two, text: 'Yes. We ship in March.' }, four, five], 's1 s2 s4 s5'],
    ['without ids', [one, two, three, four, five].map(withoutId), 's1 s2 s3 s4 s5'],
    ['without ids, one less', [two, three, four, five].map(withoutId), 's2 s3 s4 s5'],
    [
      'numbered again around a new one',
      [
        one,
        { ...one, id: 's2', text: 'Hello.' },
        { ...two, id: 's3' },
        { ...three, id: 's4' },
        { ...four, id: 's5' },
        { ...five, id: 's6' },
      ],
      's1 s6 s2 s3 s4 s5',
    ],
    [
      'with ids that there never were',
      [
        { ...one, id: 's9', text: 'Hello.' },
        { ...two, id: 'x', text: 'Hi.' },
        { ...five, id: 's09' },
      ],
      's6 s7 s5',
    ],
  ])('%s: untouched ones keep their ids', (_, segments, ids) => {
    expect(idsIn(BASE, segments).join(' ')).toBe(ids);
  });

  test('an id whose segment is gone is given to no other one, and back to its own', () => {
    const made = (before: Transcript, segments: Parameters<typeof identifySegments>[1]) =>
      withHighestId(before, {
        ...before,
        segments: identifySegments(before, segments).map(({ id }, index) => ({
          ...one,
          ...segments[index],
          id,
        })),
      });
    const shorter = made(BASE, [one, two, three]);
    expect(transcriptSchema.parse(shorter)).toMatchObject({ highestId: 5 });
    const longer = made(shorter, [one, two, three, { ...withoutId(one), text: 'Bye.' }]);
    expect(longer.segments.map(({ id }) => id)).toEqual(['s1', 's2', 's3', 's6']);
    expect(longer).not.toHaveProperty('highestId');
    const restored = made(made(longer, [one]), [
      ...BASE.segments,
      { ...one, id: 's6', text: 'Bye.' },
    ]);
    expect(restored.segments.map(({ id }) => id)).toEqual(['s1', 's2', 's3', 's4', 's5', 's6']);
  });

  test('any edit has each id once, keeps the untouched, and gives no id of another segment', () => {
    const words = fc.constantFrom('Yes.', 'No.', 'We ship in March.', 'Who tests?', 'Well.');
    const step = fc.record({
      keep: fc.integer({ min: 0, max: 4 }),
      text: fc.option(words, { nil: undefined }),
      id: fc.constantFrom('same', 'none', 's1', 's7', 'x'),
    });
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 5, maxLength: 5 }),
        fc.array(step),
        (texts, steps) => {
          const before = transcriptOf(texts);
          const segments = steps.map(({ keep, text, id }) => {
            const { id: own, ...kept } = before.segments[keep] ?? one;
            return {
              ...kept,
              ...(text && { text }),
              ...(id !== 'none' && { id: id === 'same' ? own : id }),
            };
          });
          const made = identifySegments(before, segments);
          expect(new Set(made.map(({ id }) => id)).size).toBe(segments.length);
          const known = new Map(before.segments.map((segment) => [segment.id, segment]));
          expect(made.filter(({ isNew }) => isNew).filter(({ id }) => known.has(id))).toEqual([]);
          expect(made.filter(({ id, origin, isNew }) => !isNew && origin?.id !== id)).toEqual([]);
          const untouched = segments.flatMap(({ id, text }) =>
            id !== undefined && known.get(id)?.text === text ? [id] : [],
          );
          expect(made.map(({ id }) => id)).toEqual(expect.arrayContaining(untouched));
        },
      ),
      { numRuns: 200 },
    );
  });
});
