import { isUnspaced } from '../transcript/text.ts';
import { findDueText } from './find-due-text.ts';

/** True if what was said next answers the question: by its first words, or because it is short and of the kind asked for. */
export function isAnswered(question: string, next: string): boolean {
  if (next === '' || /[?？]$/u.test(next) || EVADES.test(next)) return false;
  if (ANSWER.test(next)) return true;
  return isUnspaced(next) ? isAnswerInChinese(question, next) : isAnswerInWords(question, next);
}

const ANSWER =
  /^(?:yes|yeah|yep|no|nope|sure|of course|certainly|absolutely|exactly|definitely|i think so|not yet|ja|nein|doch|natürlich|oui|non|bien sûr|sí|claro|是的|是啊|对|對|没有|沒有|没错|当然|當然|可以|好的|有的|会的|會的|能的|不会|不會|不行|不能)(?![\p{L}\p{N}](?<![\p{sc=Han}]))/iu;
/** Words that put the answer off. */
const EVADES =
  /\b(?:know|sure|idea|unclear|clarify|find out|figure out|later|next time|come back|see|think about|depends|ask)\b|weiß|später|sais pas|sabe|不知道|不清楚|不确定|不確定|再说|再說|再议|再議|以后|以後|下次|还没|還沒|待定|看看|讨论|討論|再看|回头/iu;

function isAnswerInWords(question: string, next: string): boolean {
  if (
    /^(?:she|he|they|we|i|it)(?:,? \p{L}+)? (?:did|does|do|has|have|had|is|was|were|are|will|can)(?:n['’]t| not)?\b[^,]{0,20}(?:[,.!]|$)/iu.test(
      next,
    ) &&
    /^(?:did|does|do|has|have|had|is|was|were|are|will|can|could|should)\b/iu.test(question)
  )
    return true;
  const words = next.split(' ').length;
  if (
    words <= 6 &&
    /^(?:about|around|roughly|exactly|at least|at most|only|nearly|almost)\b/iu.test(next)
  )
    return true;
  if (/\bwho(?:se)?\b/iu.test(question)) {
    return words <= 3 || /^(?:that|it)(?:['’]s| is| was| will be| would be) /iu.test(next);
  }
  if (/\bhow (?:much|many|long|often|far)\b/iu.test(question)) {
    return words <= 4 || /^(?:it|that|they)\b/iu.test(next);
  }
  if (/\b(?:when|where)\b/iu.test(question)) {
    return (
      words <= 5 &&
      /^(?:in|on|at|by|from|since|next|last|this|tomorrow|yesterday|today)\b/iu.test(next)
    );
  }
  return /\b(?:what|which|why|how)\b/iu.test(question)
    ? /^(?:(?:it|that|because|this|by)\b|the (?:first|second|third|former|latter)(?: one)?[.,])/iu.test(
        next,
      ) || words <= 2
    : false;
}

/** A date, marked with @, and hardly more. */
const WHEN = /^(?:大概|应该|應該|就|从|從)?(?:@|昨天|前天|上[周週个個月].?).{0,3}$/u;

function isAnswerInChinese(question: string, next: string): boolean {
  const words = next.replace(/[^\p{L}\p{N}]/gu, '');
  if (/谁|誰|哪位/u.test(question))
    return words.length <= 3 || /^(?:是|由|应该是|應該是)/u.test(words);
  if (/多少|几|幾|多久|多长|多長/u.test(question)) {
    return (
      /^(?:一共|总共|總共|大概|大约|大約|差不多|花了|要|约|約|不到|超过)/u.test(words) ||
      (words.length <= 6 && /[\d零一二两兩三四五六七八九十百千万萬]/u.test(words))
    );
  }
  if (/什么时候|什麼時候|何时|何時|几点|哪天/u.test(question)) {
    return words.length <= 8 && WHEN.test(words.replace(findDueText(words) ?? '\0', '@'));
  }
  // "做完了吗？" "做完了。": the verb comes again.
  const verb = /(?<verb>[\p{sc=Han}]{1,2})(?:了|过|過)?(?:吗|嗎|没有|沒有)[?？。]?$/u.exec(question)
    ?.groups?.['verb'];
  return (
    /^(?:已经|已經|早就|刚刚|剛剛|因为|因為|对的|是这样)/u.test(words) ||
    (verb !== undefined && words.length <= 6 && words.includes(verb.slice(-1))) ||
    (/(?:吗|嗎|没有|沒有)[?？]?$/u.test(question) &&
      /^.{1,3}[了过過]+$/u.test(words) &&
      question.includes(words.charAt(0)))
  );
}
