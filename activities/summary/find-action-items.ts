import type { Sentence } from '../transcript/sentence-stream.ts';

export interface FoundAction {
  readonly sentence: Sentence;
  readonly task: string;
  /** As spoken; null: the speaker, or nobody. */
  readonly owner: string | null;
  /** As spoken. */
  readonly dueText: string | null;
}

/** Finds what somebody promised or was asked to do, by the words that people use for it. */
export const findActionItems = (sentences: readonly Sentence[]): FoundAction[] =>
  sentences.flatMap((sentence) => {
    const text = sentence.text;
    const labelled = LABEL.exec(text);
    const matches = PATTERNS.flatMap(({ pattern, accepts }) =>
      [...text.matchAll(pattern)].filter((match) => accepts(match, text)),
    ).sort((a, b) => a.index - b.index);
    const starts = matches.filter(
      ({ index }, order) => order === 0 || index >= endOf(matches[order - 1]),
    );
    if (starts.length === 0) {
      return labelled === null ? [] : [toAction(sentence, text.slice(labelled[0].length), null)];
    }
    // "Tom will book the room and Anna will send the invitation": a task ends where the next one begins.
    return starts.map((match, order) => {
      const rest = text.slice(taskStart(match), starts[order + 1]?.index);
      return toAction(sentence, rest, match.groups?.['owner'] ?? null);
    });
  });

const endOf = (match: RegExpExecArray | undefined): number =>
  match === undefined ? 0 : match.index + match[0].length;
const taskStart = (match: RegExpExecArray): number =>
  endOf(match) - (match.groups?.['verb']?.length ?? 0);

function toAction(sentence: Sentence, rest: string, owner: string | null): FoundAction {
  const dueText = findDueText(rest) ?? findDueText(sentence.text);
  const without = dueText === null ? rest : rest.replace(dueText, ' ');
  const task = without
    .replace(/\s+/gu, ' ')
    .replace(/(?<=[\p{sc=Han}，。]) | (?=\p{sc=Han})/gu, '')
    .replace(/^(?:会|會|将|將|来负责|[负負][责責]|需要|要|来|在)+/u, '')
    .replace(/，(?:完成|做完|搞定)(?=[。！]?$)/u, '')
    .replace(/^[\s,;:，：]+|(?:[\s,;:，；]|\b(?:and|und|et|y|please)\s*$)+$/giu, '')
    .replace(/\s*[.!?。！？]+$/u, '')
    .replace(/[\s,，]+$/u, '')
    .replace(/ ([.,;])/gu, '$1');
  const named = owner === null || SELF.test(owner) ? null : owner;
  const words = task === '' ? sentence.text : task;
  return {
    sentence,
    task: words.charAt(0).toUpperCase() + words.slice(1),
    owner: named,
    dueText,
  };
}

const SELF = /^(?:i|we|ich|wir|je|nous|on|yo|nosotros|我|我们|我們|咱们)$/iu;
const LABEL =
  /^(?:(?:and|so|next),? )?(?:(?:an? )?action items?(?: is| for)?|to-?do|aufgabe|待办(?:事项)?|待辦(?:事項)?|行动项|行動項|tarea|tâche)\s*[:,：-]?\s*/iu;

interface Pattern {
  readonly pattern: RegExp;
  readonly accepts: (match: RegExpExecArray, sentence: string) => boolean;
}

const NAME = String.raw`(?<owner>\p{Lu}[\p{L}\p{M}'’-]+(?: \p{Lu}[\p{L}\p{M}'’-]+)?)`;
const VERB = String.raw`(?<verb>[\p{L}\p{M}'’-]+)`;
const ADVERB = '(?:(?:also|then|now|just|please|personally|gladly) )?';

/** Capitalised words that begin sentences and are no names. */
const NOT_A_NAME =
  /^(?:the|a|an|we|i|it|this|that|these|those|he|she|they|you|there|here|what|who|whoever|how|when|where|which|why|if|and|but|so|then|or|maybe|perhaps|everyone|everybody|nobody|no|one|someone|somebody|yes|okay|ok|nothing|everything|something|all|both|most|many|some|each|next|last|today|tomorrow|tonight|now|our|your|my|his|her|their|its|also|please|january|february|march|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|das|der|die|ein|eine|es|wir|ich|sie|er|man|dies|le|la|les|il|elle|on|nous|je|ce|cela|el|los|las|se|esto|eso)(?: |$)/iu;

/** "Tom will be in Canada" is no task; with a due date it is: "Anna will have it ready by Friday". */
const STATES =
  /^(?:be|become|have|cost|happen|take|need|want|know|see|get|come|go|arrive|mean|like|love|remain|stay|not|never|probably|hardly|always|still|only|join)$/iu;
const NEVER = /^(?:not|never|see|know|mean|like|love|happen|cost|remain)$/iu;
/** Words for running the meeting itself: "Tom, please start with the budget". */
const CHAIRING =
  /^(?:start|begin|continue|go|tell|say|let|hold|wait|repeat|take|open|introduce|explain|come|sit|speak|stop|listen|look|note|remember|proceed|share|join|welcome)$/iu;
const WORK =
  /^(?:send|write|prepare|ask|call|check|book|fix|update|create|draft|follow|review|schedule|organi[sz]e|set|talk|share|circulate|contact|arrange|handle|email|mail|order|buy|draw|compare|collect|finish|complete|deliver|present|report|test|repeat|publish|invite|confirm|clarify|find|document|file|submit|reserve|plan|put|make|get|look|investigate|coordinate|distribute|forward|print|hire|design|build|deploy|migrate|add|remove|reach|speak|take|work|do)$/iu;

const named = ({ groups }: RegExpExecArray): boolean =>
  !NOT_A_NAME.test(groups?.['owner'] ?? 'the');
const verbOf = ({ groups }: RegExpExecArray): string => groups?.['verb'] ?? '';
const hasDue = (match: RegExpExecArray, sentence: string): boolean =>
  findDueText(sentence.slice(match.index)) !== null;
const isByDeadline = (sentence: string): boolean =>
  /^(?:by|before|no later|bis|avant|antes)\b|前$/iu.test(findDueText(sentence) ?? '');

/** Surnames of nine tenths of the Chinese, and the words that colleagues put before a surname. */
const CHINESE_NAME = String.raw`(?<owner>(?:[小老阿][\p{sc=Han}]|[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鐘谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯](?:经理|經理|总监|總監|总|總|工|老师|老師|[\p{sc=Han}]{1,2}?)))`;
const CHINESE_DUE = String.raw`(?:在[^，。,]{1,12}?(?:之?前|以前|[内內]|[后後])?)?`;

const PATTERNS: readonly Pattern[] = [
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}'’])${NAME}(?: will|['’]ll| is going to| needs to| has to| must| has agreed to| agreed to| has offered to| offered to| volunteered to| promised to| is supposed to| is responsible for| takes care of) ${ADVERB}${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) &&
      !NEVER.test(verbOf(match)) &&
      (!STATES.test(verbOf(match)) || hasDue(match, sentence)),
  },
  {
    // "Action item: Tom to send the list", "Action items for Tom: …".
    pattern: new RegExp(
      String.raw`(?<=action items?(?: is| for)?[:,]? )${NAME}(?: to |: ?|, )${VERB}`,
      'giu',
    ),
    accepts: named,
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}'’])${NAME}, (?:please|(?:can|could|would|will) you(?: please)?|you (?:will|should|need to)) ${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) && (!CHAIRING.test(verbOf(match)) || isByDeadline(sentence)),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}])(?<owner>I|We|we)(?:['’]ll| will|['’]m going to| am going to| are going to|['’]re going to| have to| need to| must) ${ADVERB}${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) => {
      const verb = verbOf(match);
      if (NEVER.test(verb) || /[?]$/u.test(sentence)) return false;
      if (isByDeadline(sentence.slice(match.index))) return !STATES.test(verb) || WORK.test(verb);
      return (
        match.groups?.['owner'] === 'I' &&
        /will|['’]ll/u.test(match[0]) &&
        WORK.test(verb) &&
        !CHAIRING.test(verb)
      );
    },
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}])${NAME} (?:wird|übernimmt|soll|muss|kümmert sich um|schickt|erstellt|sendet|prüft) (?<verb>[\p{L}])`,
      'gu',
    ),
    accepts: (match, sentence) => named(match) && hasDue(match, sentence),
  },
  {
    pattern:
      /(?<![\p{L}])(?<owner>Ich) (?:werde|übernehme|kümmere mich um|schicke|erstelle) (?<verb>[\p{L}])/giu,
    accepts: hasDue,
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}])${NAME} (?:va|doit|devra|debe|tiene que|se encarga de)(?: a)? (?<verb>[\p{L}])`,
      'gu',
    ),
    accepts: (match, sentence) => named(match) && hasDue(match, sentence),
  },
  {
    pattern: new RegExp(
      String.raw`(?<=^|[，。,；;：:！!\s]|那么?|然后|另外|还有|就)${CHINESE_NAME}(?=${CHINESE_DUE}(?:会|會|将|將|负责|負責|来负责|需要|要))(?<verb>${CHINESE_DUE}(?:会|會|将|將|负责|負責|来负责|需要|要))`,
      'gu',
    ),
    accepts: () => true,
  },
  {
    pattern: new RegExp(
      String.raw`(?:请|請|由|让|讓|麻烦|麻煩)${CHINESE_NAME}(?=${CHINESE_DUE}(?:[负負]责|[\p{sc=Han}]))`,
      'gu',
    ),
    accepts: (match, sentence) => /负责|負責/u.test(sentence) || hasDue(match, sentence),
  },
  {
    pattern:
      /(?:(?<=^|[，。,\s])(?<owner>我们|我們|我))(?=[^，。,]{0,12}(?:会|會|将|將|负责|負責|来))(?<verb>会|會|将|將|负责|負責|来|在)/gu,
    accepts: (match, sentence) => hasDue(match, sentence),
  },
];

/**
 * The deadline in a sentence, verbatim: "by Friday, March 6", "下周五之前". Of several, one with "by" or "before" is
 * preferred, then the last. Null: none.
 */
function findDueText(sentence: string): string | null {
  let end = 0;
  const found = [...sentence.matchAll(DUE)].flatMap(({ 0: text, index }) => {
    // "Friday in two weeks" is one date.
    if (index < end) return [];
    const [before = ''] = MOVES_BEFORE.exec(sentence.slice(0, index)) ?? [];
    const [after = ''] = MOVES_AFTER.exec(sentence.slice(index + text.length)) ?? [];
    end = index + text.length + after.length;
    return [`${before}${text}${after}`.trim()];
  });
  const deadlines = found.filter((text) => DEADLINE.test(text));
  return deadlines.at(-1) ?? found.at(-1) ?? null;
}

/** Words beside a day that make it another day or none: without them "last Friday" would be a deadline. */
const MOVES_BEFORE = new RegExp(
  [
    String.raw`(?<![\p{L}])(?:last|past|after|since|every|each|around|about|not|nach|seit|ab|jeden|letzten|vergangenen|übernächsten|après|depuis|dès|chaque|desde|cada) (?:the )?$`,
    String.raw`(?<![\p{L}])(?:\p{L}+|\d+) (?:days?|weeks?) (?:(?:from|on|after|before) )?$`,
    String.raw`(?<![\p{L}])(?:next week|semana que viene|próxima semana),? $`,
    String.raw`(?<![\p{L}])(?:(?:(?:über)?nächste|kommende|diese) woche|semaine prochaine,?) $`,
    '[上每下几幾两兩一二三四五六七八九]$',
  ].join('|'),
  'iu',
);
const MOVES_AFTER =
  /^(?: weeks?(?![\p{L}])| after next| next week| in \p{L}+ wochen?| (?:der )?(?:(?:über)?nächste[nr]|kommende[nr]|dieser) woche| de la semaine prochaine| prochaine?| derni[eè]re?| en huit| pasado| próximo| que viene| de la (?:próxima semana|semana que viene)|之?[后後]|以[后後])/iu;

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const ORDINAL_WORD =
  '(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)';
const CARDINAL_WORD =
  '(?:(?:twenty|thirty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)';
const ORDINAL = String.raw`(?:\d{1,2}(?:st|nd|rd|th)|${ORDINAL_WORD})`;
const DAY_OF_MONTH = [
  String.raw`${MONTH},? (?:the )?(?:\d{1,2}(?:st|nd|rd|th)?|${ORDINAL_WORD}|${CARDINAL_WORD})(?:,? \d{4})?`,
  String.raw`(?:the )?(?:\d{1,2}|${ORDINAL}) (?:of )?${MONTH}(?:,? \d{4})?`,
].join('|');
const WEEKDAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const ENGLISH_DATE = [
  String.raw`(?:(?:next|this|coming) )?${WEEKDAY}(?: (?:next|this) week|,? (?:${DAY_OF_MONTH}|the ${ORDINAL}))?(?: (?:morning|afternoon|evening|noon))?`,
  DAY_OF_MONTH,
  String.raw`\d{4}-\d{2}-\d{2}`,
  'the day after tomorrow|tomorrow(?: (?:morning|afternoon|evening))?|tonight|today',
  String.raw`(?:the )?end of (?:the |this |next |the next )?(?:day|week|month|quarter|year|business|${MONTH})`,
  'next (?:week|month|quarter|year)',
  String.raw`(?:in|within) (?:the next )?(?:an?|\d{1,2}|${CARDINAL_WORD}|a few|a couple of) (?:days?|weeks?|months?)`,
  String.raw`the \d{1,2}(?:st|nd|rd|th)`,
].join('|');

const GERMAN_DATE = [
  String.raw`(?:nächsten |kommenden |diesen )?(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|(?:nächsten |kommenden |diesen )?Mittwoch`,
  String.raw`\d{1,2}\. (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)`,
  'übermorgen|morgen|heute|(?:zum )?Ende (?:der|dieser|nächster|des|dieses|nächsten) (?:Woche|Monats|Quartals|Jahres)|Monatsende|nächste Woche|in (?:einer|zwei|drei|vier) Wochen?',
].join('|');
const FRENCH_DATE = [
  '(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?: prochain)?',
  String.raw`(?:le )?\d{1,2}(?:er)? (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)`,
  "demain|aujourd['’]hui|(?:la )?fin (?:du mois|de la semaine|de semaine)|la semaine prochaine",
].join('|');
const SPANISH_DATE = [
  '(?:el )?(?:próximo )?(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)',
  String.raw`(?:el )?\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)`,
  'pasado mañana|mañana|hoy|(?:la )?fin(?:ales)? de(?:l)? (?:mes|semana)|la próxima semana',
].join('|');
const CHINESE_NUMBER = String.raw`(?:\d{1,2}|[一二三四五六七八九十]{1,3})`;
const CHINESE_DATE = [
  `${CHINESE_NUMBER}月${CHINESE_NUMBER}[日号號]?`,
  `(?:[本这這下]个?個?)?(?:周|週|星期|礼拜)[一二三四五六日天末]`,
  '大?[后後]天|明天|今天|今晚|明晚|(?:[本这這下][个個]?)?月[底末]|(?:今|明)?年底|季度末|下[个個]?(?:周|週|星期|礼拜|月)',
  `(?:\\d{1,2}|[一二两兩三四五六七八九十])[个個]?(?:天|日|周|週|星期|月)(?:之?[内內后後]|以[内內])`,
  `${CHINESE_NUMBER}[号號]`,
].join('|');

const DUE = new RegExp(
  [
    String.raw`\b(?:(?:by|before|until|till|no later than|not later than|on|due|from) )?(?:${ENGLISH_DATE})\b`,
    String.raw`(?<![\p{L}])(?:(?:bis|vor|spätestens|am|zum)(?: zum| zur| am)? )?(?:${GERMAN_DATE})(?![\p{L}])`,
    String.raw`(?<![\p{L}])(?:(?:avant|pour|d['’]ici(?: à)?|au plus tard|jusqu['’]à) )?(?:${FRENCH_DATE})(?![\p{L}])`,
    String.raw`(?<![\p{L}])(?:(?:para|antes de|antes del|hasta|a) )?(?:${SPANISH_DATE})(?![\p{L}])`,
    String.raw`在?(?:${CHINESE_DATE})(?:上午|下午|中午|晚上)?(?:之?前|以前|前)?`,
  ].join('|'),
  'giu',
);
const DEADLINE =
  /^(?:by|before|until|till|no later|not later|due|bis|vor|spätestens|avant|pour|d['’]ici|au plus tard|para|antes)\b|前$/iu;
