import type { Sentence } from '../transcript/sentence-stream.ts';

/** Questions that the next sentence does not answer, and statements that something is open. */
export const findOpenQuestions = (sentences: readonly Sentence[]): Sentence[] =>
  sentences.filter(({ text }, index) => {
    if (SAID_OPEN.test(text) && !REFERS_BACK.test(text)) return true;
    if (!QUESTION.test(text) && !UNMARKED.test(text)) return false;
    if (TAG.test(text) || lengthOf(text) < 4) return false;
    return !ANSWER.test(sentences[index + 1]?.text ?? '');
  });

/** In words; in scripts without spaces, in pairs of characters. */
const lengthOf = (text: string): number => {
  const unspaced = (text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu) ?? [])
    .length;
  return text.split(' ').length + Math.floor(unspaced / 2);
};

const QUESTION = /[?？؟]["'”’»）)]*$|[吗嗎呢][。]?$/u;

/** Questions by their first words: a recogniser may miss the question mark. */
const UNMARKED =
  /^(?:(?:and|so|but|okay|well),? )?(?:who (?:will|is|are|can|should|would|could)|(?:what|which)(?: \p{L}+)? (?:do|does|did|should|will|would) (?:we|you|they|the)|how (?:many|much|long|often)(?: \p{L}+){0,3} (?:do|does|will|should|would|can) (?:we|you|they|it|the)|should we|shall we)\b/iu;

/** Questions about the conversation itself. */
const TAG =
  /(?:^|[,，] ?)(?:right|okay|ok|yes|no|isn['’]t it|don['’]t you think|does that make sense|correct|ja|oder|nicht wahr|n['’]est-ce pas|verdad|对吗|對嗎|是吗|是嗎|好吗|好嗎|对吧|對吧)\?$|^(?:(?:and|so|okay|well),? )?(?:how are (?:you|things)|can (?:you|everyone|everybody) (?:all )?(?:hear|see)|any(?:thing| other)? (?:else|questions|comments)|are there any (?:other )?(?:questions|comments)|shall we (?:begin|start|move on)|who(?:['’]s| is) (?:next|there)|\p{Lu}\p{L}+, (?:can|could|would|will) you)\b|(?:听得到|聽得到|还有问题|還有問題|有没有问题|有沒有問題)/iu;

const ANSWER =
  /^(?:yes|yeah|yep|no|nope|sure|of course|certainly|absolutely|exactly|definitely|i think so|not yet|ja|nein|natürlich|oui|non|bien sûr|sí|claro|是的|对|對|没有|沒有|当然|當然|可以|好的)(?![\p{L}\p{N}](?<![\p{sc=Han}]))/iu;

const SAID_OPEN =
  /\bopen (?:question|point|issue)s?(?: is| are|:)|\bremains (?:open|unclear)\b|\bwe (?:still )?(?:need|have) to (?:find out|figure out|clarify|work out)\b|\bwe (?:still )?(?:don['’]t|do not) (?:yet )?know\b|\b(?:it is|it['’]s) (?:still )?(?:not clear|unclear|open) (?:who|what|when|where|whether|which|how|if|why)\b|\b(?:has|is|are) (?:still |yet )?to be (?:decided|determined|clarified)\b|\b(?:offene frage|noch offen|noch zu klären|müssen (?:wir )?noch klären)\b|question ouverte|reste à (?:savoir|décider|clarifier)|pregunta abierta|queda por (?:decidir|aclarar|saber)|待定|有待(?:确认|確認|讨论|討論|决定|決定)|还(?:需要|要)(?:确认|讨论|决定)|還(?:需要|要)(?:確認|討論|決定)|还(?:不清楚|不知道|没有决定|没决定|没确定)|還(?:不清楚|不知道|沒有決定|沒決定|沒確定)/iu;
const REFERS_BACK =
  /\b(?:that|this|the) question\b|^(?:that|this|it) (?:is|remains) (?:still )?(?:open|unclear)\b/iu;
