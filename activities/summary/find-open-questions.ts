import type { Sentence } from '../transcript/sentence-stream.ts';
import { isAnswered } from './is-answered.ts';
import { withoutQuotations } from './is-asserted.ts';

/** Questions that the next sentence does not answer, and statements that something is open. */
export const findOpenQuestions = (sentences: readonly Sentence[]): Sentence[] =>
  sentences.filter((sentence, index) => {
    const text = withoutQuotations(sentence.text);
    if (SAID_OPEN.test(text) && !REFERS_BACK.test(text)) return true;
    if (!QUESTION.test(text) && !UNMARKED.test(text)) return false;
    if (TAG.test(text) || lengthOf(text) < 4) return false;
    return !isAnswered(text, sentences[index + 1]?.text ?? '');
  });

/** In words; in scripts without spaces, in pairs of characters. */
const lengthOf = (text: string): number => {
  const unspaced = (text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu) ?? [])
    .length;
  return text.split(' ').length + Math.ceil(unspaced / 2);
};

const QUESTION = /[?？؟]["'”’»）)]*$|[吗嗎呢][。]?$/u;

/** Questions by their first words: a recogniser may miss the question mark. */
const UNMARKED =
  /^(?:(?:and|so|but|okay|well),? )?(?:who (?:will|is|are|can|should|would|could)|(?:what|which)(?: \p{L}+)? (?:do|does|did|should|will|would) (?:we|you|they|the)|how (?:many|much|long|often)(?: \p{L}+){0,3} (?:do|does|will|should|would|can) (?:we|you|they|it|the)|should we|shall we)\b/iu;

/** Questions about the conversation itself. */
const TAG =
  /(?:^|[,，] ?)(?:right|okay|ok|yes|no|isn['’]t it|don['’]t you think|does that make sense|correct|ja|oder|nicht wahr|n['’]est-ce pas|verdad|对吗|對嗎|是吗|是嗎|好吗|好嗎|对吧|對吧)\?$|^(?:(?:and|so|okay|well),? )?(?:how are (?:you|things)|can (?:you|everyone|everybody) (?:all )?(?:hear|see)|any(?:thing| other)? (?:else|questions|comments)|are there any (?:other )?(?:questions|comments)|shall we (?:begin|start|move on)|who(?:['’]s| is) (?:next|there)|\p{Lu}\p{L}+, (?:can|could|would|will) you)\b|(?:听得到|聽得到|能听到|能聽到|听得见|听清|能看到|看得到|声音(?:清楚|大|小|怎么)|聲音清楚|(?:还|還)?有(?:没有|沒有)?(?:其他|别的|什么|什麼)?(?:问题|問題|意见|補充|补充)(?:吗|嗎)?[?？]|开始(?:吧|了)?(?:吗|嗎)?[?？]$)/iu;

const OPEN_IN_CHINESE = [
  '待定|悬而未决|懸而未決|(?:有待|尚待|仍需|需要?)(?:进一步|進一步|再|继续)?(?:确认|確認|讨论|討論|决定|決定|商量|研究|明确)(?:[。！]?$|[^，。]{0,4}(?:谁|誰|是否|怎么|多少|什么))',
  '[还還](?:需要|要|得)(?:再)?(?:确认|確認|讨论|討論|决定|決定|弄清|搞清|商量)',
  '[还還仍](?:不清楚|不知道|不确定|不確定|[没沒]有?(?:想好|定|决定|決定|确定|確定|答案|结论|結論|着落|说法|眉目|人知道))',
  '(?:没有?|沒有?)(?:人(?:知道|清楚|说得清|說得清|能说清)|定论|定論|结论|結論|答案)|不明[确確]|[还還](?:要|得)再定|先(?:放一放|搁置|擱置)|尚未(?:决定|決定|确定|確定|明确|落实)|(?:下次|以后|改天|回头)再(?:议|議|说|說|定|讨论|討論)',
].join('|');
const SAID_OPEN = new RegExp(
  [
    String.raw`\b(?:open|unresolved|unanswered) (?:question|point|issue|item)s?(?: is| are|:)|\bremains? (?:open|unclear|undecided|unresolved|to be seen)\b|\bwe (?:still )?(?:need|have) to (?:still )?(?:find out|figure out|clarify|work out)\b`,
    String.raw`\b(?:(?:we|i) (?:still )?(?:don['’]t|do not) (?:yet )?know|(?<=^(?:(?:and|so|but) )?)(?:nobody|no one)(?: \p{L}+)? (?:knows|(?:can|could) (?:say|tell)))(?: yet)? (?:who|what|when|where|whether|which|how|if|why)\b`,
    String.raw`\b(?:it is|it['’]s|is|are) (?:still |yet )*(?:not (?:yet )?clear(?: yet)?|unclear|open|undecided|up in the air|unresolved|uncertain)\b(?=[.,;]?$|[,]? (?:who|what|when|where|whether|which|how|if|why))`,
    String.raw`\b(?:has|is|are|have) (?:still |yet )?to (?:be )?(?:decided?|determined?|clarif(?:y|ied)|settled?|fixed|set|found|agreed) ?(?=[.,]|$|whether|who|what|when|how|which)|\bwhether\b[^.]* (?:has|is|have|was) not (?:yet )?(?:been )?(?:decided|clear|settled|agreed)\b|\b(?:leaves|raises) (?:us with )?the question\b|\bno answer yet\b|\bleft (?:it )?open\b|\byet to (?:decide|agree|settle) (?:on |who|what|when|whether|which|how|if)`,
    String.raw`\b(?:offene frage|noch offen|noch zu klären|müssen (?:wir )?noch klären)\b|question ouverte|reste à (?:savoir|décider|clarifier)|pregunta abierta|queda por (?:decidir|aclarar|saber)`,
    OPEN_IN_CHINESE,
  ].join('|'),
  'iu',
);
const REFERS_BACK =
  /\b(?:that|this|the) question\b(?! (?:of|is|who|what|when|whether|which|how|if|why)\b)|^(?:that|this|it) (?:is|remains) (?:still )?(?:open|unclear)\b(?! (?:who|what|when|whether|which|how|if|why))/iu;
