import { minutesDocument } from '../../../../../activities/minutes/render/minutes-document.ts';
import type { Block, Document, Remark } from '../../../../../activities/minutes/render/document.ts';
import type { Minutes } from '../../../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from '../sample-minutes.ts';

/** Documents in English, in Chinese and in many scripts, with every kind of block. */

const SAID: Readonly<Record<string, readonly (readonly [language: string, text: string])[]>> = {
  en: [
    ['en', 'We decided to ship on the first of March, and Anna will write the notes.'],
    ['en', 'Who tests the installer on the older machines?'],
    ['en', 'The budget is 25,000 euros & nobody objected; <b>not bold</b>, C:\\new #hash *star*.'],
  ],
  zh: [
    ['zh', '我们决定在三月一日发布新版本，李娜会在月底之前写好发布说明。'],
    ['zh', '谁来测试旧机器上的安装程序？'],
    ['zh', '“预算”是两万五千元——没有人反对，API 第2版也一样。'],
  ],
  mixed: [
    ['en', 'Good morning. 大家早上好，我们用 English 和中文开会。'],
    ['ko', '안녕하세요, 저는 김민수입니다.'],
    ['ja', 'こんにちは、田中です。次の会議は金曜日です。'],
    ['uk', 'Добрий день, мене звати Сергій Їжак.'],
    ['de', 'Łukasz grüßt Žofie; ♪ Musik ♪'],
  ],
};

export type Sample = 'en' | 'zh' | 'mixed';

/** @param lines of the transcript; the phrases repeat */
export function sampleDocument(sample: Sample, lines = 6, change: Partial<Minutes> = {}): Document {
  const said = SAID[sample] ?? [];
  const language = sample === 'mixed' ? 'en' : sample;
  const segments = Array.from({ length: lines }, (_, index) => {
    const [spokenIn = 'en', text = ''] = said[index % said.length] ?? [];
    const start = index * 6.5;
    const speaker = `S${(index % 2) + 1}`;
    return { id: `s${index + 1}`, start, end: start + 6, speaker, language: spokenIn, text };
  });
  const statement = (index: number, verified = true) => {
    const { id = '', start = 0, end = 0, text = '' } = segments[index] ?? {};
    const citation = { start, end, speaker: null, quote: text, segmentIds: [id] };
    return { text, citations: [citation], verified };
  };
  const minutes: Minutes = {
    ...sampleMinutes,
    title: { en: 'Release planning', zh: '发布计划会议', mixed: 'Planning 会议 회의 Встреча' }[
      sample
    ],
    language,
    languages: [language],
    status: 'partial',
    speakers: [
      { id: 'S1', name: sample === 'en' ? 'Anna' : '李娜', seconds: 10 },
      { id: 'S2', name: 'Сергій', seconds: 10 },
    ],
    coverage: { ...sampleMinutes.coverage, gaps: [{ start: 12, end: 40, reason: 'BadRequest' }] },
    summary: said.map(([, text]) => text).join('\n'),
    keyPoints: [statement(0), statement(2, false)],
    decisions: [statement(1)],
    openQuestions: [],
    actionItems: [
      {
        ...statement(0),
        task: said[0]?.[1] ?? '',
        owner: 'Anna',
        due: '2026-12-01',
        dueText: null,
      },
      { ...statement(2), task: said[1]?.[1] ?? '', owner: null, due: null, dueText: null },
    ],
    ...change,
  };
  const transcript = { schemaVersion: 1 as const, language, durationSeconds: 123.4, segments };
  return minutesDocument(minutes, transcript, { picture: minutes.image !== null });
}

/** Every text that a document shows, in its order. */
export const textsOf = ({ title, facts, glance, blocks }: Document): string[] => [
  title,
  ...facts,
  glance.status,
  ...glance.facts,
  ...blocks.flatMap(textsOfBlock),
];

function textsOfBlock(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
    case 'subheading':
    case 'paragraph':
      return [block.text];
    case 'list':
      return block.items.flatMap(textsOfRemark);
    case 'table':
      return [...block.head, ...block.rows.flat().flatMap(textsOfRemark)];
    case 'facts':
      return block.rows.flatMap(({ name, values }) => [name, ...values]);
    case 'figure':
      return [block.caption];
    case 'note':
      return [block.title, ...block.lines];
    case 'transcript':
    default:
      return block.lines.flatMap(({ time, speaker, text }) => [time ?? '', speaker ?? '', text]);
  }
}

const textsOfRemark = ({ id = '', text, flag = '', sources = [] }: Remark): string[] => [
  text,
  flag,
  id,
  ...sources.map(({ label }) => label),
];

/** The texts that do not stand in `read` in this order, however it breaks its lines. */
export function missingFrom(read: string, texts: readonly string[]): string[] {
  const folded = fold(read);
  let from = 0;
  return texts.filter((text) => {
    const at = folded.indexOf(fold(text), from);
    if (at !== -1) from = at + fold(text).length;
    return at === -1;
  });
}

const fold = (text: string): string => text.normalize('NFKC').replaceAll(/\s/gu, '');
