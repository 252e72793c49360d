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

describe('parseDraft', () => {
  test.each([
    ['plain', json],
    ['indented', JSON.stringify(draft, null, 2)],
    ['in a code fence', `\`\`\`json\n${json}\n\`\`\``],
    ['with prose around it', `Here are the minutes {as asked}:\n${json}\nAnything else?`],
    ['after thoughts', `<think>maybe {"a": 1} or {</think>${json}`],
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
