import { expect, test } from 'vitest';
import { sectionMessages } from '../../../../activities/summary/prompts.ts';
import { cutTranscript } from '../../../../activities/summary/sections.ts';
import { completePrompt } from '../../../../local/inference-server/models/extractive.ts';
import { summaryDraftSchema } from '../../../../workflows/contracts/summary-draft.ts';
import { transcriptOf } from '../../../activities/transcript/transcripts.ts';

test('a sentence ends where the language changes, as the prompt tells', async () => {
  const spoken = [
    ['zh', '李强会联系客户确认测试环境'],
    ['en', 'and we decided to increase the budget to 25,000 dollars.'],
    ['en', 'Anna will send the draft by Friday.'],
  ] as const;
  const transcript = transcriptOf(spoken.map(([, text]) => text));
  const [section] = cutTranscript(
    {
      ...transcript,
      language: 'en',
      segments: transcript.segments.map((segment, index) => ({
        ...segment,
        language: spoken[index]?.[0] ?? null,
      })),
    },
    { contextTokens: 8192, count: ({ length }) => length },
  );
  const prompt = sectionMessages({ text: section?.text ?? '', language: 'en' })
    .map(({ content }) => content)
    .join('\n');
  const fields = ['summary', 'keyPoints', 'decisions', 'openQuestions', 'actionItems'];
  const { content } = await completePrompt(prompt, 4096, { fields, sections: [] }, []);
  const draft = summaryDraftSchema.parse(JSON.parse(content));
  expect(draft.decisions.map(({ text }) => text)).toEqual([spoken[1][1]]);
  expect(draft.actionItems.map(({ owner, task, dueText }) => [owner, task, dueText])).toEqual([
    ['李强', '联系客户确认测试环境', null],
    ['Anna', 'Send the draft', 'by Friday'],
  ]);
});

test('a sentence ends where the speaker changes, as the prompt tells', async () => {
  const spoken = ['I will send the offer to the customer by Friday', 'Great, thanks a lot.'];
  const [section] = cutTranscript(
    { ...transcriptOf(spoken, ['S1', 'S2']), language: 'en' },
    { contextTokens: 8192, count: ({ length }) => length },
  );
  const prompt = sectionMessages({ text: section?.text ?? '', language: 'en' })
    .map(({ content }) => content)
    .join('\n');
  const { content } = await completePrompt(
    prompt,
    4096,
    { fields: ['actionItems'], sections: [] },
    [],
  );
  expect(JSON.parse(content)).toEqual({
    actionItems: [
      {
        task: 'Send the offer to the customer',
        owner: 'I',
        dueText: 'by Friday',
        citations: [{ segmentIds: ['s1'], quote: spoken[0] }],
      },
    ],
  });
});
