import { describe, expect, test } from 'vitest';
import { DraftError, parseDraft } from '../../../activities/summary/parse-draft.ts';
import { summaryDraftSchema } from '../../../workflows/contracts/summary-draft.ts';

const draft = {
  summary: 'We met {and} talked "a lot".',
  keyPoints: [{ text: 'A point.', citations: [{ segmentIds: ['s1'], quote: 'a } point' }] }],
  decisions: [],
  openQuestions: [],
  actionItems: [{ task: 'Send it', owner: null, dueText: 'by Friday', citations: [] }],
};
const json = JSON.stringify(draft);
const otherJson = JSON.stringify({ ...draft, summary: 'A first try.' });

describe('parseDraft', () => {
  test.each([
    ['plain', json],
    ['indented', JSON.stringify(draft, null, 2)],
    ['in a code fence', `\`\`\`json\n${json}\n\`\`\``],
    ['with prose around it', `Here are the minutes {as asked}:\n${json}\nAnything else?`],
    ['after thoughts', `<think>maybe {"a": 1} or {</think>${json}`],
    ['after thoughts with an open quote', `<think>{ he said "{ or \\"</think>${json}`],
    ['after a line with an open quote', `{ he said "{\n${json}`],
    ['on a line with an open quote', `{ he said " ${json}`],
    ['after a draft in the thoughts', `<think>${otherJson}</think>${json}`],
    ['after a draft without thoughts', `${otherJson}\nNo, better:\n${json}`],
    ['before an object that is no summary', `${json} {"summary": 3} {"done": true}`],
    ['after an unfinished draft', `${otherJson.slice(0, -9)}\n${json}`],
    ['inside another object', JSON.stringify({ minutes: [{ answer: draft }] })],
    ['inside broken braces', `{ answer: ${json} }`],
  ])('an answer %s is read', (_, text) => {
    expect(parseDraft(text)).toEqual(draft);
  });

  test('harmless mistakes are repaired', () => {
    const parsed = parseDraft(
      JSON.stringify({
        summary: ' Short. ',
        decisions: [
          { text: '' },
          { text: 'Hire.', citations: [{ segmentIds: ['[s3]', 7, 'x'], quote: 'q'.repeat(900) }] },
          'no',
        ],
        actionItems: [{ task: 'Send', owner: 'null', extra: true }],
      }),
    );
    expect(parsed).toEqual({
      summary: 'Short.',
      keyPoints: [],
      decisions: [{ text: 'Hire.', citations: [{ segmentIds: ['s3'], quote: 'q'.repeat(600) }] }],
      openQuestions: [],
      actionItems: [{ task: 'Send', owner: null, dueText: null, citations: [] }],
    });
    expect(summaryDraftSchema.safeParse(parsed).success).toBe(true);
  });

  test.each([
    ['open braces', '{'],
    ['empty objects', '{}'],
    ['objects with other keys', '{"a":'],
    ['broken objects', '{"summary":'],
    ['whole objects that are no summary', '{"summary":1}'],
    ['nested arrays', '{"summary":[['],
    ['open strings', '{"\\"'],
  ])(
    '16 MB of %s are given up before a heartbeat is missed',
    (_, words) => {
      const text = words.repeat(16_000_000 / words.length);
      const started = performance.now();
      expect(() => parseDraft(text)).toThrow(DraftError);
      expect(performance.now() - started).toBeLessThan(15_000);
    },
    60_000,
  );

  test('an answer after 16 MB of broken objects is read before a heartbeat is missed', () => {
    const started = performance.now();
    expect(parseDraft(`${'{"summary":'.repeat(1_400_000)}\n${json}`)).toEqual(draft);
    expect(performance.now() - started).toBeLessThan(15_000);
  }, 60_000);

  test.each([
    '',
    'I cannot do that.',
    json.slice(0, -5),
    '[1, 2]',
    '{"answer": 42}',
    '{"summary": 3}',
    '{'.repeat(50_000),
  ])('anything else is rejected by a message that does not repeat it', (text) => {
    expect(() => parseDraft(text)).toThrow(DraftError);
    expect(() => parseDraft(`${text} secret`)).not.toThrow(/secret|cannot do|42/u);
  });
});
