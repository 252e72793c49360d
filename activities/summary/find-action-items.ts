import type { Sentence } from '../transcript/sentence-stream.ts';
import { isUnspaced } from '../transcript/text.ts';
import type { ActionPattern } from './action-pattern.ts';
import { CHINESE_ACTIONS, CHINESE_MODALS, wholeName } from './chinese-actions.ts';
import { findDueText, hasDeadline } from './find-due-text.ts';
import { isAsserted, withoutQuotations } from './is-asserted.ts';

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
    const text = withoutQuotations(sentence.text);
    const labelled = LABEL.exec(text);
    const patterns = isUnspaced(text) ? [...PATTERNS, ...CHINESE_ACTIONS] : PATTERNS;
    const matches = patterns
      .flatMap(({ pattern, accepts }) =>
        [...text.matchAll(pattern)].filter((match) => accepts(match, text)),
      )
      .filter(({ index, 0: words }) => isAsserted(text, index + words.length))
      .sort((a, b) => a.index - b.index || b[0].length - a[0].length);
    const starts = matches.filter(
      ({ index }, order) => order === 0 || index >= endOf(matches[order - 1]),
    );
    if (starts.length === 0) {
      return labelled === null
        ? []
        : [toAction(sentence, null, sentence.text.slice(labelled[0].length))];
    }
    // "Tom will book the room and Anna will send the invitation": a task ends where the next one begins.
    return starts.map((match, order) => {
      const owner = ownerOf(match, text);
      const from =
        match.groups?.['taskFirst'] === undefined ? taskStart(match, owner) : match.index;
      const to = starts[order + 1]?.index;
      const before = sentence.text.slice(0, match.index);
      return toAction(sentence, owner, sentence.text.slice(from, to), before);
    });
  });

const endOf = (match: RegExpExecArray | undefined): number =>
  match === undefined ? 0 : match.index + match[0].length;

/** In Chinese the name may go on where the pattern ends: "请林小|红整理". */
function ownerOf(match: RegExpExecArray, text: string): string | null {
  const owner = match.groups?.['owner'];
  if (owner === undefined) return null;
  return match.groups?.['verb'] ? owner : wholeName(owner, text.slice(endOf(match)));
}

function taskStart(match: RegExpExecArray, owner: string | null): number {
  const { verb, owner: matched } = match.groups ?? {};
  const longer = matched === undefined || owner === null ? 0 : owner.length - matched.length;
  return endOf(match) - (verb?.length ?? 0) + longer;
}

function toAction(
  sentence: Sentence,
  owner: string | null,
  rest: string,
  before = '',
): FoundAction {
  const dueText = findDueText(rest) ?? findDueText(sentence.text);
  const task =
    [rest, before].map((words) => bareTask(words, dueText)).find((words) => words !== '') ??
    sentence.text;
  return {
    sentence,
    task: task.charAt(0).toUpperCase() + task.slice(1),
    owner: owner === null || WE.test(owner) ? null : owner,
    dueText,
  };
}

/** What is to be done, without when and by whom. */
const bareTask = (words: string, dueText: string | null): string =>
  (dueText === null ? words : words.replace(dueText, ' '))
    .replace(/\s+/gu, ' ')
    .replace(/^ +|(?<=[\p{sc=Han}，。]) (?=[\p{sc=Han}，。！]|$)/gu, '')
    .replace(/^[\s,;:，：]+/gu, '')
    .replace(CHINESE_MODALS, '')
    .replace(/[，,]?(?:截止到?|期限|这件事|這件事|的事情?)(?=[，。！]?$)/u, '')
    .replace(/(?:^|[，,] ?)(?:完成|做完|搞定|交|办好|弄好)(?=[。！]?$)/u, '')
    .replace(/^(?:by|before|and)(?=,| *$)|, and that$/iu, '')
    .replace(/^[\s,;:，：]+|(?:[\s,;:，；]|\b(?:and|und|et|y|please)\s*$)+$/giu, '')
    .replace(/\s*[.!?。！？]+$/u, '')
    .replace(/[\s,，]+$/u, '')
    .replace(/ ([.,;])/gu, '$1');

const WE = /^(?:we|wir|nous|on|nosotros|我们|我們|咱们)$/iu;
const LABEL =
  /^(?:(?:and|so|next),? )?(?:(?:an? )?action items?(?: is| for)?|to-?do|aufgabe|待办(?:事项)?|待辦(?:事項)?|行动项|行動項|tarea|tâche)\s*[:,：-]?\s*/iu;

const NAME = String.raw`(?<owner>(?!(?:So|And|But|Then|Well|Okay|Ok|Also|Now|Next|Finally|Maybe|Perhaps|Yes|Und|Et) )(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?\p{Lu}[\p{L}\p{M}’'-]*[\p{L}\p{M}](?: \p{Lu}[\p{L}\p{M}’'-]*[\p{L}\p{M}])?)`;
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
const isQuestion = (sentence: string): boolean => /[?？]["'”’»）)]*$/u.test(sentence);
const verbOf = ({ groups }: RegExpExecArray): string => groups?.['verb'] ?? '';
const hasDue = (match: RegExpExecArray, sentence: string): boolean =>
  findDueText(sentence.slice(match.index)) !== null;
const PATTERNS: readonly ActionPattern[] = [
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}'’]|\b(?:of|[Bb]y|[Uu]ntil|[Tt]ill|[Bb]efore|[Oo]n|[Nn]ext|[Tt]his) )${NAME}(?: will|['’]ll| is going to| needs to| has to| must| shall|(?: has)? (?:agreed|offered|volunteered|promised|committed) to| (?:agrees|offers|volunteers|promises|commits) to| is tasked (?:to|with)| is supposed to| is expected to| is to|['’]s (?:job|task|part|action) is to) ${ADVERB}${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) &&
      !isQuestion(sentence) &&
      !NEVER.test(verbOf(match)) &&
      (!STATES.test(verbOf(match)) || hasDeadline(sentence.slice(match.index))),
  },
  {
    // What somebody ought to do, looks after or spoke of is a task if there is a day for it.
    pattern: new RegExp(
      String.raw`(?<![\p{L}'’]|\b(?:of|[Bb]y|[Uu]ntil|[Tt]ill|[Bb]efore|[Oo]n|[Nn]ext|[Tt]his) )${NAME} (?:should|ought to|is responsible for|is in charge of|takes care of|said (?:that )?(?:she|he|they)(?:['’]d|['’]ll| would| will)) ${ADVERB}${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) &&
      !isQuestion(sentence) &&
      !STATES.test(verbOf(match)) &&
      hasDeadline(sentence.slice(match.index)),
  },
  {
    // "Let's have Tom send it", "We need Anna to call", "It is up to Priya to decide".
    pattern: new RegExp(
      String.raw`\b(?:[Ll]et(?:['’]?s| us) (?:have|get|let)|(?:[Ww]e|I)(?:['’]d| would| will|['’]ll)? (?:need|want|like|ask|have)|[Cc](?:an|ould) (?:I|we) (?:ask|get)|(?:[Ii]t is|[Ii]t['’]s) (?:up to|on|for)) ${NAME} (?:to )?${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) &&
      (!isQuestion(sentence) || /^c/iu.test(match[0])) &&
      !CHAIRING.test(verbOf(match)),
  },
  {
    // "Could you send the list by Friday, Tom?", "Please send the list, Tom."
    pattern: new RegExp(
      String.raw`(?<taskFirst>)(?:^|(?<=, ))(?:(?:[Aa]nd|[Ss]o|[Tt]hen),? )?(?:(?:[Cc]an|[Cc]ould|[Ww]ould|[Ww]ill) you(?: please)?|[Pp]lease) ${VERB}(?=[^?.]*, ${NAME}[?.!]?$)`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) && (!CHAIRING.test(verbOf(match)) || hasDeadline(sentence)),
  },
  {
    // "Action item: Tom to send the list", "Action items for Tom: …".
    pattern: new RegExp(
      String.raw`(?<=(?:[Aa]ction [Ii]tems?|[Aa]ctions?|[Tt]o-?dos?|[Tt]asks?|[Nn]ext steps?)(?: is| for)?[:,]? )${NAME}(?: to |: ?|, )${VERB}`,
      'gu',
    ),
    accepts: named,
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}'’])${NAME}, (?:please|(?:can|could|would|will) you(?: please)?|you(?:['’]ll| will| should| need to)) ${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) =>
      named(match) && (!CHAIRING.test(verbOf(match)) || hasDeadline(sentence)),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}])(?<owner>I|We|we)(?:['’]ll| will|['’]m going to| am going to| are going to|['’]re going to| have to| need to| must) ${ADVERB}${VERB}`,
      'gu',
    ),
    accepts: (match, sentence) => {
      const verb = verbOf(match);
      if (NEVER.test(verb) || isQuestion(sentence)) return false;
      if (hasDeadline(sentence.slice(match.index))) return !STATES.test(verb) || WORK.test(verb);
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
];
