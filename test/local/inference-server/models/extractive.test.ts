import { expect, test } from 'vitest';
import { STANDARD, type Outline } from '../../../../activities/summary/outline.ts';
import { parseDraft } from '../../../../activities/summary/parse-draft.ts';
import { reductionMessages, sectionMessages } from '../../../../activities/summary/prompts.ts';
import { cutTranscript } from '../../../../activities/summary/sections.ts';
import { completePrompt } from '../../../../local/inference-server/models/extractive.ts';
import {
  summaryDraftSchema,
  type SummaryDraft,
} from '../../../../workflows/contracts/summary-draft.ts';
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

test('sections that are like a list are filled and joined; of the others it says that it cannot', async () => {
  const ids = ['section1', 'section2_decisions'];
  const outline: Outline = {
    ...STANDARD,
    lists: ['openQuestions'],
    sections: ids.map((id) => ({ id, title: 'Title', instruction: 'Do it.' })),
  };
  const fillable = { fields: ['summary', 'openQuestions', 'sections'], sections: ids };
  const drafts: SummaryDraft[] = [];
  const answerTo = async (messages: readonly { readonly content: string }[]) => {
    const prompt = messages.map(({ content }) => content).join('\n');
    const { content } = await completePrompt(prompt, 4096, fillable, []);
    expect(Object.keys(JSON.parse(content) as object).toSorted()).toEqual(
      fillable.fields.toSorted(),
    );
    return parseDraft(content, outline);
  };
  for (const sentence of [
    'We decided to hire a photographer.',
    'We decided to buy the old bridge.',
  ]) {
    const said = { ...transcriptOf([sentence, 'Who pays for it?']), language: 'en' };
    const [section] = cutTranscript(said, {
      contextTokens: 8192,
      count: ({ length }) => Math.ceil(length / 4),
      outline,
    });
    const text = section?.text ?? '';
    drafts.push(await answerTo(sectionMessages({ text, language: 'en', outline })));
  }
  const joined = await answerTo(reductionMessages({ partials: drafts, language: 'en', outline }));
  expect(joined.sections?.['section1']).toBeNull();
  expect(joined.sections?.['section2_decisions']?.map(({ text }) => text)).toEqual([
    'We decided to hire a photographer.',
    'We decided to buy the old bridge.',
  ]);
  expect(joined.openQuestions).toHaveLength(1);
  expect(joined.decisions).toEqual([]);
});
