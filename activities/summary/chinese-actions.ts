import type { ActionPattern } from './action-pattern.ts';
import { CHINESE_DATE, findDueText } from './find-due-text.ts';

/** Surnames of nine tenths of the Chinese, and the words that colleagues put before a surname. */
const SURNAME =
  '[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鐘谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯]';
const TITLE = '(?:经理|經理|总监|總監|主任|主管|总|總|工|老师|老師|博士|教授|律师|律師)';
/** Characters that follow a name and are hardly ever part of one. */
const GIVEN = '(?:(?![不没沒也都就还還再才的是有说說们們请請会會将將得要在把被])\\p{sc=Han})';
/** Words that begin with the character of a surname. */
const NO_NAME =
  '(?!董事|高[层管级]|万一|萬一|金额|方[案面便法]|白天|马上|馬上|任[务何]|程序|严格|何时|何時|常常|于是|时间|余下|余额|向来|石油|江苏|成本|安全|路线|预算|文件|周[一二三四五六日天末边围]|黄金|白色|关于|全[体部]|明[天年])';
const NAME = `${NO_NAME}(?<owner>[小老阿]${SURNAME}|${SURNAME}${TITLE}|${SURNAME}${GIVEN}{1,2}?|(?=\\p{Lu})[\\p{sc=Latin}’'-]+(?: (?=\\p{Lu})[\\p{sc=Latin}’'-]+)?) ?`;

const DATE = `(?:${CHINESE_DATE})(?:上午|下午|中午|晚上|下班)?`;
const DUE = `(?:(?:在|于|於|到|最晚|最迟|最遲)? ?${DATE}(?:之?前|以前|[之以]?[内內])?)`;
const BY_THEN = `(?:(?:在|于|於|最晚|最迟|最遲)? ?${DATE}(?:之?前|以前|[之以]?[内內]))`;
const ALSO =
  '(?:也|还|還|再|就|先|尽快|儘快|马上|馬上|同时|同時|另外|后续|後續|接下来|接下來|那边|那邊|这边|這邊|尽量|儘量|争取|爭取)*';
const MODAL =
  '(?:会|會|将会|將會|将|將|[来來]?[负負][责責]|[来來]|必须|必須|需要|务必|務必|要|得(?!到)|应该|應該|应当|應當|答应(?!过)|答應(?!過)|承诺|承諾|保证|保證|同意|愿意|願意|[说說](?:[她他]|自己)(?:会|會|要|来|來|可以)|主动提出|主動提出|主动|主動)';
const START = String.raw`(?:^|(?<=[，。,；;：:！!、\s]|那么?|然后|然後|另外|还有|還有|就|所以))`;

/** "王芳会说三种语言", "王芳周五会在上海": what somebody is or does anyway. */
const STATE =
  /^ ?(?:说|說|[在到](?!.*前)|是|有|很|不|没|沒|觉得|覺得|感到|认为|認為|知道|喜欢|喜歡|想|参加|參加|出席|休假|请假|請假|去|加入|迟到|遲到|缺席|回[来來去家]|离开|離開|支持|反对|怎么|怎麼|怎样|被|更(?![新换改換])|比(?![较对較對]))/u;
const CHAIRING =
  /^ ?(?:先|开始|開始|介绍|介紹|发言|發言|说|說|讲|講|继续|繼續|稍等|坐|看|谈|談|大家|注意|听|聽|问|問|等)/u;
const DONE = /(?:了|过|過)$/u;
const ASKED = /[?？]$|谁|誰|[吗嗎呢][。]?$/u;

const restOf = (match: RegExpExecArray, sentence: string): string =>
  sentence.slice(match.index + match[0].length);
const clauseOf = (match: RegExpExecArray, sentence: string): string =>
  /^[^，,；;。！]*/u.exec(restOf(match, sentence))?.[0] ?? '';
const hasDue = (text: string): boolean => findDueText(text) !== null;
const isOpen = (match: RegExpExecArray, sentence: string): boolean =>
  !ASKED.test(sentence) && !DONE.test(clauseOf(match, sentence)) && !hasPast(match, sentence);
const hasPast = (match: RegExpExecArray, sentence: string): boolean =>
  /[没沒]有?$|(?:上[周週个個]|昨天?|前天)$/u.test(sentence.slice(0, match.index));

/** How tasks are given in Chinese, with Chinese and other names. */
export const CHINESE_ACTIONS: readonly ActionPattern[] = [
  {
    // "王芳负责在下周五之前…", "王芳周五之前要…", "李强会联系客户".
    pattern: new RegExp(`${START}${NAME}(?<verb>${ALSO}${DUE}?[，,]?${ALSO}${MODAL}+)`, 'gu'),
    accepts: (match, sentence) => isOpen(match, sentence) && !STATE.test(restOf(match, sentence)),
  },
  {
    // "王芳在周五之前发报告".
    pattern: new RegExp(`${START}${NAME}(?<verb>${ALSO}${BY_THEN}[，,]?)(?!${MODAL})`, 'gu'),
    accepts: (match, sentence) => isOpen(match, sentence) && !STATE.test(restOf(match, sentence)),
  },
  {
    // "请王芳…", "由李强联系客户，周五前完成", "这件事交给陈静".
    pattern: new RegExp(
      `(?:请|請|由|让|讓|麻烦|麻煩|辛苦|拜托|拜託|烦请|煩請|有劳|有勞|派|安排|交给|交給|指定)(?![你您大各])${NAME}(?=[\\p{sc=Han}A-Za-z，,。]|$)`,
      'gu',
    ),
    accepts: (match, sentence) =>
      isOpen(match, sentence) &&
      !CHAIRING.test(restOf(match, sentence)) &&
      (/[负負][责責]|^(?:请|請|麻烦|麻煩|辛苦|拜托|拜託|烦请|煩請|交给|交給)/u.test(
        match[0] + restOf(match, sentence),
      ) ||
        hasDue(sentence)),
  },
  {
    // "王芳，麻烦你在周五之前…", "李强，你能不能…？"
    pattern: new RegExp(
      `${START}${NAME}[，,] ?(?<verb>(?:(?:请|請|麻烦|麻煩|拜托|拜託|辛苦|能不能请|能不能請|能否请|能否請|可以请|可以請)[你您]?|${DUE}?[你您](?=${DUE}|[来來]|能|可以|可不可以|[负負][责責]|要|把))(?:能不能|能否|可不可以|可以|能)?)`,
      'gu',
    ),
    accepts: (match, sentence) =>
      hasDue(sentence) || !(CHAIRING.test(restOf(match, sentence)) || /[?？]$/u.test(sentence)),
  },
  {
    // "待办：王芳周五前…"
    pattern: new RegExp(
      `(?<=^(?:待办|待辦|行动项|行動項|任务|任務)(?:事项|事項)?[：:] ?)${NAME}(?<verb>[，,：:]?)(?=[\\p{sc=Han}A-Za-z])`,
      'gu',
    ),
    accepts: () => true,
  },
  {
    pattern: new RegExp(
      `(?:(?<=^|[，。,\\s])(?<owner>我们|我們|我))(?=[^，。,]{0,12}(?:会|會|将|將|负责|負責|来|來|就))(?<verb>${DUE}?(?:会|會|将|將|负责|負責|来|來|在|就))(?!安排|请|請|让|讓|叫|通知|要求)`,
      'gu',
    ),
    accepts: (match, sentence) => isOpen(match, sentence) && hasDue(sentence),
  },
];

/** What stands between a name and the task. */
export const CHINESE_MODALS = new RegExp(
  `^(?:${ALSO}(?:(?:[你您])?(?:${MODAL}|在|请你?|請你?|能不能|能否|可不可以|可以|能(?![\\p{sc=Han}]力)|[你您]))*)+`,
  'u',
);

/**
 * A name to which a pattern gave one character too few. After a whole name a word of two characters begins, or one that
 * leads to a task.
 */
export function wholeName(owner: string, rest: string): string {
  if (!TOO_SHORT.test(owner) || LEADS.test(rest)) return owner;
  const words = new Intl.Segmenter('zh', { granularity: 'word' }).segment(rest);
  const [first = '', next = ''] = Array.from(words, ({ segment }) => segment);
  const one = rest.slice(0, 1);
  if (!/^\p{sc=Han}$/u.test(one)) return owner;
  const isWord = first.length === 1 && !/^\p{sc=Han}$/u.test(next);
  // A doubled name, or a word that begins after one character more.
  return one === owner.at(-1) || isWord || LEADS_SURELY.test(rest.slice(1)) ? owner + one : owner;
}
const TOO_SHORT = new RegExp(`^${SURNAME}(?!${TITLE})\\p{sc=Han}$`, 'u');
const LEADS_SURELY = new RegExp(`^(?:${DUE}|${MODAL}|[在把将將向给給跟去校])`, 'u');
const LEADS = new RegExp(
  `^(?:${DUE}|${MODAL}|[在把将將去给給跟和与與向对對为為也再先写寫做发發查问問买買修改打找订訂整核校收提更预預交带帶看审審谈談签簽回])`,
  'u',
);
