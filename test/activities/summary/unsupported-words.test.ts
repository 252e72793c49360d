import { describe, expect, test } from 'vitest';
import { numbersIn } from '../../../activities/summary/numbers-in.ts';
import { createFindUnsupported } from '../../../activities/summary/unsupported-words.ts';
import { verifyDraft } from '../../../activities/summary/verify-citations.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

const valuesIn = (text: string) => numbersIn(text).map(({ values }) => values[0]);

test.each([
  ['25,000 dollars', [25_000]],
  ['25 thousand', [25_000]],
  ['25k', [25_000]],
  ['twenty-five thousand dollars', [25_000]],
  ['twenty five thousand', [25_000]],
  ['two hundred and five', [205]],
  ['one million two hundred thousand', [1_200_000]],
  ['2.5 million', [2_500_000]],
  ['二万五千元', [25_000]],
  ['两万五', [25_000]],
  ['2.5万', [25_000]],
  ['2.5 万元', [25_000]],
  ['２５０００', [25_000]],
  ['一百二十人', [120]],
  ['一百零五', [105]],
  ['三千二', [3200]],
  ['百分之十五', [15]],
  ['15%', [15]],
  ['15 percent', [15]],
  ['十五', [15]],
  ['1,5 Millionen', [1_500_000]],
])('the number of "%s" is %j', (text, values) => {
  expect(valuesIn(text)).toEqual(values);
});

test('names, times of day and years are no numbers, and a mark can be read in two ways', () => {
  expect(valuesIn('Q3, at 10:30, in 2026, version B2')).toEqual([]);
  expect(numbersIn('25.000')[0]?.values).toEqual([25_000, 25]);
});

const unsupportedWords = (claim: string, said: string, persons: ReadonlySet<string>) =>
  createFindUnsupported(persons)(claim, said);
const people = new Set(['Anna', 'Tom', 'Priya Shah', '王芳', '李强']);

describe('a claim is unsupported', () => {
  test.each([
    ['The budget is 25,000 dollars.', 'We raise the budget to 15,000 dollars.', '25000'],
    ['The budget is 25,000 dollars.', 'We raise it to fifteen thousand dollars.', '25000'],
    ['The budget is raised.  25 percent more.', 'It grows by 15 percent.', '25'],
    ['预算增加到两万五千元。', '我们把预算增加到一万五千元。', '25000'],
    ['预算增加到 2.5 万元。', '我们把预算增加到 15,000 元。', '25000'],
    ['增长百分之二十五。', '增长了15%。', '25'],
    ['Anna sends the list by Friday.', 'Anna will send the list by Monday.', 'Friday'],
    ['The launch is on 6 March.', 'The launch is on April 6.', 'March'],
    ['王芳周五之前提交方案。', '王芳会在下周三之前提交方案。', '周五'],
    ['The launch is on 6 March.', 'The launch is on March 16.', '6 March'],
    ['发布在三月六日。', '发布定在3月16日。', '三月六'],
    ['发布在三月六日。', '发布定在4月6日。', '三月'],
    ['The report is due on Friday.', 'Somebody writes the report.', 'Friday'],
    ['Anna will call the bank.', 'Tom will call the bank.', 'Anna'],
    ['李强会联系客户。', '王芳会联系客户。', '李强'],
    ['Anna会联系客户。', 'Tom会联系客户。', 'Anna'],
  ])('"%s" where "%s" was said lacks %s', (claim, said, lacks) => {
    expect(unsupportedWords(claim, said, people)).toEqual([lacks]);
  });
});

describe('a claim is not unsupported', () => {
  test.each([
    ['The budget is 25,000 dollars.', 'We raise it to twenty-five thousand dollars.'],
    ['The budget is 25,000 dollars.', 'Das Budget steigt auf 25.000 Euro.'],
    ['预算增加到两万五千元。', '我们把预算增加到 25000 元。'],
    ['预算增加到 2.5 万元。', '我们把预算增加到二万五千元。'],
    ['The budget is 25,000 yuan.', '预算增加到两万五。'],
    ['增长百分之十五。', 'It grew by 15%.'],
    // Small numbers also count what is told, and approximations need not be the number.
    ['Three points were discussed.', 'The budget, the logo and the date.'],
    ['It costs about 25,000 dollars.', 'It costs 24,870 dollars.'],
    ['The plan for 2026 is approved.', 'The plan is approved.'],
    // The day was worked out, or said in another language.
    ['Anna sends it by 13 March.', 'Anna will send it by next Friday.'],
    ['Anna sends it by Friday.', 'Anna 会在周五之前发出。'],
    ['Anna sends it by Friday.', 'Anna will send it by the end of the week.'],
    // Nobody else is named.
    ['Anna will call the bank.', 'I will call the bank.'],
    ['Priya Shah will tell Tom.', 'Priya, tell Tom.'],
    ['The launch is on 6 March.', 'The launch is on March 6th, not on 3 April.'],
    ['发布在三月六日。', '发布定在3月6号。'],
    ['We may go.', 'Somebody goes in June.'],
  ])('"%s" where "%s" was said', (claim, said) => {
    expect(unsupportedWords(claim, said, people)).toEqual([]);
  });
});

describe('a name is no date', () => {
  test.each([
    // In the claim: the speaker says "I".
    ['April sends the list.', 'S1: I will send the list.', 'April'],
    ['May sends the list.', 'S1: I will send the list.', 'May'],
    ['June Osborne sends the list.', 'S1: I will send the list.', 'June Osborne'],
    ['June’s list is late.', 'S1: my list is late.', 'June Osborne'],
    ['April sends the list.', 'S1: I will send the list.', 'april'],
    ['August schickt die Liste.', 'S1: Ich schicke die Liste.', 'August'],
    ['Frau Sonntag schickt die Liste.', 'S1: Ich schicke die Liste.', 'Eva Sonntag'],
    ['Avril envoie la liste.', 'S1: j’envoie la liste.', 'Avril'],
    ['Domingo envía la lista.', 'S1: envío la lista.', 'Domingo'],
    ['周一凡提交方案。', 'S1：我提交方案。', '周一凡'],
    ['五月提交方案。', 'S1：我提交方案。', '五月'],
    ['万百川提交方案。', 'S1：我提交方案。', '万百川'],
    ['Room 101 asks for chairs.', 'S1: we need chairs.', 'Room 101'],
    // In what was said: somebody's name is no other month than the one that is meant.
    ['We start in March.', 'April: we start by the end of the quarter.', 'April'],
    ['Wir beginnen am Montag.', 'Eva Sonntag: Wir beginnen morgen.', 'Eva Sonntag'],
    ['王芳周一提交方案。', '周三丰：王芳明天提交方案。', '周三丰'],
  ])('"%s" where "%s" was said, and %s is there', (claim, said, name) => {
    expect(unsupportedWords(claim, said, new Set([name]))).toEqual([]);
  });

  test.each([
    ['王芳周一提交方案。', '周一凡：王芳周三提交方案。', '周一凡', '周一'],
    ['There are 101 chairs.', 'Room 101: there are 25 chairs.', 'Room 101', '101'],
  ])('nor does it bear one: "%s" where "%s" was said', (claim, said, name, lacks) => {
    expect(unsupportedWords(claim, said, new Set([name]))).toEqual([lacks]);
  });

  test('a day that is also the name of somebody bears out the day', () => {
    const said = 'Wir liefern am Freitag.';
    const persons = new Set(['Eva Freitag']);
    expect(unsupportedWords('We deliver on Friday.', said, persons)).toEqual([]);
    expect(unsupportedWords('We deliver on Monday.', 'We deliver on Friday.', persons)).toEqual([
      'Monday',
    ]);
  });
});

test('the name of somebody who is there is no due date', () => {
  const dueOf = (dueText: string, language: string, attendees: string[], name = 'Ann') => {
    const said = transcriptOf(['I will do it.'], ['S1']);
    const [item] = verifyDraft(
      {
        summary: '',
        keyPoints: [],
        decisions: [],
        openQuestions: [],
        actionItems: [{ task: 'Do it', owner: 'I', dueText, citations: [] }],
      },
      { ...said, language },
      { attendees, date: '2026-03-02', names: { S1: name } },
    ).actionItems;
    return [item?.dueText, item?.due];
  };
  expect(dueOf('domingo', 'es', [])).toEqual(['domingo', '2026-03-08']);
  const none = [null, null];
  expect(dueOf('Domingo', 'es', ['Domingo Ruiz'])).toEqual(none);
  expect(dueOf('domingo', 'es', ['Domingo Ruiz'])).toEqual(['domingo', '2026-03-08']);
  expect(dueOf('Domingo', 'pt', ['Domingo'])).toEqual(none);
  expect(dueOf('Domenica', 'it', [], 'Domenica Rossi')).toEqual(none);
  expect(dueOf('Freitag', 'de', ['Eva Freitag'])).toEqual(none);
  expect(dueOf('bis Freitag', 'de', ['Eva Freitag'])).toEqual(['bis Freitag', '2026-03-06']);
  expect(dueOf('Mardi', 'fr', ['Mardi Gras'])).toEqual(none);
  expect(dueOf('Zondag', 'nl', ['Jan Zondag'])).toEqual(none);
  expect(dueOf('周一', 'zh', ['周一'])).toEqual(none);
  expect(dueOf('周三之前', 'zh', ['周三丰'])).toEqual(['周三之前', '2026-03-04']);
  expect(dueOf('明日', 'ja', ['明日'])).toEqual(none);
  expect(dueOf('Среда', 'ru', ['Анна Среда'])).toEqual(none);
});

test('a statement is marked whose citation is found and says another number', () => {
  const transcript = transcriptOf([
    'Welcome, everybody.',
    'We raise the budget to 15,000 dollars.',
    'Anna, can you write it down by Friday?',
    'Yes, I will.',
    'The lunch was good.',
  ]);
  const cite = (id: string, quote: string) => [{ segmentIds: [id], quote }];
  const summary = verifyDraft(
    {
      summary: '',
      keyPoints: [{ text: 'It is 25,000.', citations: cite('s9', 'nobody said this at all') }],
      decisions: [
        { text: 'The budget is 25,000.', citations: cite('s2', 'raise the budget to 15,000') },
        { text: 'The budget is 15,000.', citations: cite('s2', 'raise the budget to 15,000') },
      ],
      openQuestions: [],
      actionItems: [
        // Its neighbour names who and when.
        {
          task: 'Write it down',
          owner: 'Anna',
          dueText: 'by Friday',
          citations: cite('s4', 'Yes, I will'),
        },
      ],
    },
    transcript,
    { attendees: ['Anna', 'Tom'], date: null },
  );
  expect(summary.decisions).toMatchObject([
    { verified: true, unsupported: true, lacks: ['25000'] },
    { verified: true },
  ]);
  expect(summary.decisions[1]).not.toHaveProperty('unsupported');
  // What is not verified is not judged.
  expect(summary.keyPoints[0]).toEqual({
    text: 'It is 25,000.',
    citations: [],
    verified: false,
    notFound: [{ segmentIds: ['s9'], quote: 'nobody said this at all' }],
  });
  expect(summary.actionItems[0]).not.toHaveProperty('unsupported');
});

test('what a speaker says who has a name bears out a claim about them, and about nobody else', () => {
  const transcript = transcriptOf(['I will book the room while Bob is away.'], ['S1']);
  const claim = (text: string) => ({
    text,
    citations: [{ segmentIds: ['s1'], quote: 'I will book the room' }],
  });
  const draft = {
    summary: '',
    keyPoints: [claim('Ann books the room.'), claim('Carol books the room.')],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  };
  const marksOf = (names: Record<string, string>, attendees: readonly string[]) =>
    verifyDraft(draft, transcript, { attendees: [...attendees], date: null, names }).keyPoints.map(
      ({ unsupported = false }) => unsupported,
    );
  expect(marksOf({}, ['Ann', 'Bob', 'Carol'])).toEqual([true, true]);
  expect(marksOf({ S1: 'Ann' }, ['Ann', 'Bob', 'Carol'])).toEqual([false, true]);
  expect(marksOf({ S1: 'Ann' }, ['Carol'])).toEqual([false, true]);
});
