import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  extractiveDraft,
  mergeExtractiveDrafts,
} from '../../../activities/summary/extractive-summary.ts';
import { statementsOf } from '../../../activities/summary/statements-of.ts';
import { verifyDraft } from '../../../activities/summary/verify-citations.ts';
import { summaryDraftSchema } from '../../../workflows/contracts/summary-draft.ts';
import { anyTranscript, transcriptOf } from '../transcript/transcripts.ts';

interface Script {
  readonly date: string;
  readonly sentences: readonly { readonly text: string }[];
  readonly decisions: readonly string[];
  readonly openQuestions: readonly string[];
  readonly actionItems: readonly {
    readonly task: string;
    readonly owner: string;
    readonly due: string;
  }[];
}
const script = JSON.parse(
  readFileSync(new URL('../../../local/samples/script.json', import.meta.url), 'utf8'),
) as Script;

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The sample as whisper-base transcribes it: other punctuation and figures, sentences cut in two, one wrong word. */
const misheard = (text: string): string[] =>
  text
    .replace(/(March|April) (\d+)/u, '$1 $2th')
    .replace('Friday, ', 'Friday ')
    .replace('twenty five thousand dollars', '$25,000')
    .replace('finance team', 'financed team')
    .replace('Agreed: the', 'Agreed. The')
    .split(/(?<=\. )|(?<= and) |(?<=will) /u)
    .map((part) => part.trim());

function minutesOf(texts: readonly string[], date: string | null, language = 'en') {
  const transcript = transcriptOf(texts);
  const draft = extractiveDraft(transcript.segments, language);
  return verifyDraft(draft, { ...transcript, language }, { attendees: [], date });
}

describe('extractiveDraft', () => {
  test.each([
    ['en', 'Anna will send the report a week from Tuesday.', 'a week from Tuesday', '2026-03-10'],
    ['en', 'Anna will send the report Friday week.', 'Friday week', '2026-03-13'],
    ['en', 'Anna will send the report next week on Friday.', 'next week on Friday', '2026-03-13'],
    ['en', 'Anna will send the report after Friday.', 'after Friday', null],
    ['en', 'Anna will send what she wrote last Friday.', 'last Friday', null],
    ['en', 'Anna will send the report by Friday.', 'by Friday', '2026-03-06'],
    ['de', 'Anna wird den Bericht übernächsten Freitag schicken.', 'übernächsten Freitag', null],
    ['de', 'Anna wird das nächste Woche Freitag schicken.', 'nächste Woche Freitag', '2026-03-13'],
    ['de', 'Anna wird das Freitag in einer Woche haben.', 'Freitag in einer Woche', '2026-03-13'],
    [
      'fr',
      'Anna va envoyer le rapport vendredi de la semaine prochaine.',
      'vendredi de la semaine prochaine',
      '2026-03-13',
    ],
    ['fr', 'Anna va envoyer le rapport de vendredi dernier.', 'vendredi dernier', null],
    ['es', 'Ana va a enviar el informe el viernes que viene.', 'el viernes que viene', null],
    ['es', 'Ana va a enviar el informe pasado mañana.', 'pasado mañana', '2026-03-04'],
    ['zh', '我会在下下周一把报告发给大家。', '下下周一', '2026-03-16'],
    ['zh', '我会两三天后把报告发给大家。', '两三天后', null],
    ['zh', '我会下周五之前把报告发给大家。', '下周五之前', '2026-03-13'],
    ['zh', '我会周五之后把报告发给大家。', '周五之后', null],
  ])('%s: "%s" is due "%s"', (language, sentence, dueText, due) => {
    const [item] = minutesOf([sentence], '2026-03-02', language).actionItems;
    expect(item).toMatchObject({ dueText, due });
  });

  test('all decisions, action items with owners and dates, and open questions of the script are found', () => {
    const minutes = minutesOf(
      script.sentences.map(({ text }) => text),
      script.date,
    );
    const decisions = minutes.decisions.map(({ text }) => wordsOf(text));
    expect(decisions).toHaveLength(script.decisions.length);
    for (const [index, decision] of script.decisions.entries()) {
      expect(decisions[index]).toContain(wordsOf(decision));
    }
    expect(
      minutes.actionItems
        .filter(({ owner }) => owner !== null)
        .map(({ task, owner, due }) => ({ task, owner, due })),
    ).toEqual(script.actionItems.map(({ task, owner, due }) => ({ task, owner, due })));
    expect(minutes.openQuestions.map(({ text }) => text)).toEqual(script.openQuestions);
    expect(statementsOf(minutes).every(({ verified }) => verified)).toBe(true);
  });

  test('they are found in the output of a recogniser, too', () => {
    const minutes = minutesOf(
      script.sentences.flatMap(({ text }) => misheard(text)),
      script.date,
    );
    expect(minutes.decisions).toHaveLength(script.decisions.length);
    expect(
      minutes.actionItems
        .filter(({ owner }) => owner !== null)
        .map(({ owner, due }) => ({ owner, due })),
    ).toEqual(script.actionItems.map(({ owner, due }) => ({ owner, due })));
    expect(minutes.openQuestions.map(({ text }) => text)).toEqual(script.openQuestions);
    expect(statementsOf(minutes).every(({ verified }) => verified)).toBe(true);
  });

  test('another meeting, said in other words', () => {
    const minutes = minutesOf(
      [
        'Okay, so we have agreed to move the release to the end of May.',
        "Let's go with the second supplier.",
        'We have not decided on the colour yet, and we need to agree on it next week.',
        'Priya, could you send the contract to the lawyers by tomorrow?',
        "I'll write the summary by Wednesday.",
        'David is going to call the landlord and Ines will paint the wall by the end of the month.',
        'David will be in Canada.',
        'I propose that we close the old office. Agreed.',
        'Do we need a second room? Yes, we do.',
        'We still need to find out who owns the domain.',
        'How are you today, David?',
      ],
      '2026-03-02',
    );
    expect(minutes.decisions.map(({ text }) => text)).toEqual([
      'Okay, so we have agreed to move the release to the end of May.',
      "Let's go with the second supplier.",
      'I propose that we close the old office.',
    ]);
    expect(minutes.actionItems.map(({ task, owner, due }) => [owner, task, due])).toEqual([
      ['Priya', 'Send the contract to the lawyers', '2026-03-03'],
      [null, 'Write the summary', '2026-03-04'],
      ['David', 'Call the landlord', '2026-03-31'],
      ['Ines', 'Paint the wall', '2026-03-31'],
    ]);
    expect(minutes.openQuestions.map(({ text }) => text)).toEqual([
      'We still need to find out who owns the domain.',
    ]);
  });

  test('a Chinese meeting, with and without punctuation', () => {
    const minutes = minutesOf(
      [
        '大家早上好，今天我们讨论春季发布的计划。预算已经花了一万八千元，主要用于测试。',
        '我们决定把市场预算增加到两万五千元。王芳会在周五之前把预算草案发给李伟。',
        '谁来接发布周末的电话？请李伟在三月十一日之前预订会议室。',
      ],
      '2026-03-02',
      'zh',
    );
    expect(minutes.decisions.map(({ text }) => text)).toEqual([
      '我们决定把市场预算增加到两万五千元。',
    ]);
    expect(minutes.actionItems.map(({ owner, task, due }) => [owner, task, due])).toEqual([
      ['王芳', '把预算草案发给李伟', '2026-03-06'],
      ['李伟', '预订会议室', '2026-03-11'],
    ]);
    expect(minutes.openQuestions.map(({ text }) => text)).toEqual(['谁来接发布周末的电话？']);

    const bare = minutesOf(
      [
        '大家好,我們今天討論第三季度的預算',
        '王芳負責在下週五之前提交新的報價方案',
        '李強會聯繫客戶確認測試環境',
      ],
      '2026-03-02',
      'zh',
    );
    expect(bare.summary).not.toBe('');
    expect(bare.actionItems.map(({ owner, due }) => [owner, due])).toEqual([
      ['王芳', '2026-03-13'],
      ['李強', null],
    ]);
  });

  test('names with titles, Chinese with English names, and English with Chinese ones', () => {
    const minutes = minutesOf(
      [
        'Mr. Okafor will call the bank by Friday.',
        'Wang Fang will write the report by March 20.',
        'Tom 负责在下周五之前把 slides 发给客户。',
        '请林小红整理邮件列表，周三之前完成。',
        '翻译手册这件事交给黄志强，三月九号之前完成。',
      ],
      '2026-03-02',
    );
    expect(minutes.actionItems.map(({ owner, task, due }) => [owner, task, due])).toEqual([
      ['Mr. Okafor', 'Call the bank', '2026-03-06'],
      ['Wang Fang', 'Write the report', '2026-03-20'],
      ['Tom', '把 slides 发给客户', '2026-03-13'],
      ['林小红', '整理邮件列表', '2026-03-04'],
      ['黄志强', '翻译手册', '2026-03-09'],
    ]);
  });

  test.each([
    ['en', 'Last year we decided to close the office.'],
    ['en', 'If the price drops, we will go with the second supplier.'],
    ['en', 'The customer wrote: "We decided to cancel the order by Friday."'],
    ['en', 'Maybe Anna will send the list by Friday.'],
    ['en', 'David will be in Canada on Friday.'],
    ['zh', '去年我们决定关闭旧办公室，结果不理想。'],
    ['zh', '如果王芳有空，会在周五之前更新价格表。'],
    ['zh', '客户来信说：“我们决定取消订单。”'],
    ['zh', '王芳会说三种语言。'],
    ['zh', '李强不会在周五之前提交报告。'],
  ])('%s: "%s" is neither a decision nor a task', (language, sentence) => {
    const { decisions, actionItems } = minutesOf([sentence], '2026-03-02', language);
    expect([...decisions, ...actionItems]).toEqual([]);
  });

  test('a German meeting', () => {
    const minutes = minutesOf(
      [
        'Wir haben beschlossen, das Budget auf zwanzigtausend Euro zu erhöhen.',
        'Jürgen übernimmt die Abstimmung mit der Leitung bis nächsten Freitag.',
      ],
      '2026-03-02',
      'de',
    );
    expect(minutes.decisions).toHaveLength(1);
    expect(minutes.actionItems.map(({ owner, due }) => [owner, due])).toEqual([
      ['Jürgen', '2026-03-13'],
    ]);
  });

  test('a task ends where another speaker goes on, and belongs to who took it on', () => {
    const said = transcriptOf(
      ['I will send the offer to the customer by Friday', 'Great, thanks a lot.'],
      ['S1', 'S2'],
    );
    const { actionItems } = verifyDraft(extractiveDraft(said.segments, 'en'), said, {
      attendees: [],
      date: null,
    });
    expect(actionItems).toMatchObject([
      { task: 'Send the offer to the customer', owner: 'S1', dueText: 'by Friday', verified: true },
    ]);
  });

  test('every quote is found in the transcript, whatever the transcript', () => {
    fc.assert(
      fc.property(anyTranscript(60), fc.constantFrom(null, 'en', 'zh', 'xx'), (any, language) => {
        const draft = extractiveDraft(any.segments, language);
        expect(summaryDraftSchema.parse(draft)).toEqual(draft);
        const minutes = verifyDraft(draft, any, { attendees: [], date: null });
        expect(statementsOf(minutes).every(({ verified }) => verified)).toBe(true);
        // Their own words bear them out.
        expect(statementsOf(minutes).filter(({ unsupported }) => unsupported)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('silence and noise give an empty draft', () => {
    for (const segments of [[], [{ id: 's1', text: '…' }]]) {
      expect(extractiveDraft(segments, null)).toEqual({
        summary: '',
        keyPoints: [],
        decisions: [],
        openQuestions: [],
        actionItems: [],
      });
    }
  });

  test('three hours of talk take little time', () => {
    const texts = Array.from(
      { length: 2400 },
      (_, index) => `In week ${index} the team of ${index % 17} talked about topic ${index % 91}.`,
    );
    const started = performance.now();
    extractiveDraft(transcriptOf(texts).segments, 'en');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('mergeExtractiveDrafts', () => {
  test('duplicates are removed, no decision is lost, and the order is kept', () => {
    const halves = [script.sentences.slice(0, 15), script.sentences.slice(12)].map((part) =>
      extractiveDraft(
        part.map(({ text }, index) => ({ id: `s${index + 1}`, text })),
        'en',
      ),
    );
    const merged = mergeExtractiveDrafts(halves);
    expect(merged.decisions.map(({ text }) => text)).toEqual([
      ...new Set(halves.flatMap(({ decisions }) => decisions.map(({ text }) => text))),
    ]);
    expect(merged.decisions).toHaveLength(script.decisions.length);
    const named = merged.actionItems.filter(({ owner }) => owner !== null && owner !== 'I');
    expect(named).toHaveLength(script.actionItems.length);
    expect(mergeExtractiveDrafts([merged])).toEqual(merged);
  });

  test('the summary of many drafts is bounded and takes from each in turn', () => {
    const drafts = Array.from({ length: 6 }, (_, part) => ({
      ...mergeExtractiveDrafts([]),
      summary: `Part ${part} began well. Part ${part} went on. Part ${part} ended.`,
    }));
    const { summary } = mergeExtractiveDrafts(drafts);
    for (const part of drafts.keys()) expect(summary).toContain(`Part ${part} began well.`);
    expect(summary.match(/\./gu)).toHaveLength(10);
  });
});
