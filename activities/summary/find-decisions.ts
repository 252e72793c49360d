import type { Sentence } from '../transcript/sentence-stream.ts';
import { isAsserted, isReported, withoutQuotations } from './is-asserted.ts';

/**
 * Finds decisions by the words that people use for them. A bare "Agreed." refers to the proposal before it, else to
 * the outcome after it.
 */
export function findDecisions(sentences: readonly Sentence[]): Sentence[] {
  const decisions: Sentence[] = [];
  for (const [index, sentence] of sentences.entries()) {
    if (isQuestion(sentence.text)) continue;
    if (BARE.test(sentence.text)) {
      const meant = meantByBare(sentences, index);
      if (meant !== null) decisions.push(meant);
    } else if (saysDecision(sentence.text)) {
      decisions.push(sentence);
    }
  }
  return decisions;
}

const isQuestion = (text: string): boolean => /[?？]["'”’»）)]*$/u.test(text);

function saysDecision(sentence: string): boolean {
  const text = withoutQuotations(sentence);
  if (NOT_YET.test(text)) return false;
  return [...text.matchAll(DECISION)].some(({ 0: words, index }) => {
    const at = index + words.length;
    // "Priya proposed to close the office, and everyone agreed": what was proposed first is decided then.
    if (PROPOSED_BEFORE.test(text.slice(0, at))) return !isReported(text, index);
    return isAsserted(text, at) && !isReported(text, index);
  });
}

function meantByBare(sentences: readonly Sentence[], index: number): Sentence | null {
  const [before, after] = [sentences[index - 1], sentences[index + 1]];
  if (before !== undefined && PROPOSAL.test(before.text)) return before;
  return after !== undefined && OUTCOME.test(after.text) && !isQuestion(after.text) ? after : null;
}

const BARE =
  /^(?:(?:okay|ok|alright|so|then|yes|好|行|那),? ?)?(?:agreed|decided|approved|decision|beschlossen|einverstanden|d['’]accord|de acuerdo|(?:大家)?(?:都)?同意|通过|就这么定了?|就這麼定了?|決定了?|决定了?|没意见|沒意見)[.!,:。！，：]*$/iu;
const PROPOSAL =
  /\b(?:propose|suggest|let['’]?s|let us|shall we|how about|why don['’]t we|what if)\b|schlage (?:ich )?vor|建议|建議|提议|提議/iu;
const OUTCOME = /\b(?:will|is|are|shall|goes|takes|wird|werden|ist)\b|我们|我們|由|将|將/iu;
const PROPOSED_BEFORE =
  /\b(?:proposed|suggested)\b[^.]*,? (?:and|which) (?:we|everyone|everybody|all|they|the (?:team|group|board))\b|(?:提议|提議|建议|建議)[^。]*[，,](?:大家|我们|我們|全体|所有人|与会)/iu;

const WE = String.raw`(?:we|they|everyone|everybody|all of us|the (?:team|group|board|committee|council|meeting|management|shareholders))`;
const HEDGES = String.raw`(?:(?:['’]ve|have|has|all|both|just|also|now|then|finally|already|jointly|unanimously|therefore|hereby|so|are|['’]re|is) ?)*`;
const LEADS = String.raw`^(?:(?:okay|ok|alright|all right|right|so|then|yes|well|good|fine|great|and|but),? )*`;
const CHINESE_WE = String.raw`(?:我们|我們|大家|会议|會議|会上|會上|咱们|咱們|(?<![\p{sc=Han}])(?:团队|團隊|公司|小组|小組)|董事会|董事會|委员会|委員會|理事会|理事會|管理层|股东会|全体|全體|双方|雙方|各方|与会者|最[后後終终]|一致|现在|現在|讨论(?:之后|后)?|討論(?:之後|後)?)`;
const CHINESE_DECIDE = String.raw`(?:(?<!下|再|来|來|要|会|會|将|將|去|能)(?:决定|決定)(?!不了|[权權]|是否|要不要|因素)|同意|赞成|贊成|确定|確定|商定|议定|議定|约定|約定|敲定|选择|選擇|选定|選定|选了|選了|采用|採用|批准|通过了|通過了|拍板|达成一致|達成一致|达成共识|達成共識|(?:说|說|商量|讲|講|谈|談)好|说定|說定|定下|定了)`;
const DECISION = new RegExp(
  [
    String.raw`\b${WE} ?${HEDGES} ?(?:decided|decide (?:to|on|that|against)|agreed|agree (?:to|on|that)|in agreement|in favou?r|resolved? to|settled on|concluded that|approved?|adopted|voted (?:to|for|against)|opted (?:to|for|against)|chose|chosen|picked|selected|(?:made|took|came to) the decision|made up our minds)\b`,
    String.raw`${LEADS}(?:agreed|decided|approved|resolved|decision|the decision|final decision|settled)\b(?=[:,;. ])(?! (?:on|by|with))`,
    String.raw`\b(?:the|our|that|a) (?:final )?decision (?:is|was)\b|\b(?:it is|it['’]s|it was|it has been|that['’]s|that is)(?: hereby| now| all)? (?:decided|agreed|settled|approved|final)\b`,
    String.raw`\blet(?:['’]?s| us) (?:go|stick|settle) (?:with|on|for)\b|\bwe(?:['’]ll| will| are going to|['’]re going to) (?:go|stick) (?:ahead )?with\b|\bwe(?:['’]re| are) going (?:ahead )?with\b`,
    String.raw`\b(?:is|are|was|were|has been|have been) (?:hereby |unanimously )?(?:approved|adopted)\b|\b(?:the vote (?:is|was) unanimous|all in favou?r|the motion (?:is|was) carried|(?:outcome|result) of the vote|no objections?,? (?:so|then|therefore))\b|^(?:so |then )?it['’]s official\b|\bso we go with\b`,
    String.raw`^(?:(?:okay|ok|alright|all right|right|so|then|well|good|fine|great),? )+[^,;:]+ it is(?=[.!]?$)`,
    String.raw`\b(?:wir haben|wir|es wurde|es ist|es wird|haben wir|wurde|ist)\b[^.!?]{0,120}\b(?:beschlossen|entschieden|vereinbart|festgelegt|geeinigt|verabschiedet)\b|\bbeschluss:|\bwir (?:beschließen|entscheiden uns|einigen uns|vereinbaren)\b`,
    String.raw`(?:nous avons|on a|il a été|il est)(?: donc| tous)? (?:décidé|convenu|arrêté|approuvé)|(?:^|\s)décision :|nous sommes d['’]accord pour`,
    String.raw`\b(?:hemos decidido|decidimos|acordamos|hemos acordado|se decidió|se acordó|se ha decidido|se ha acordado|queda decidido|queda aprobado)\b`,
    String.raw`${CHINESE_WE}[^，。！？,；;]{0,8}?${CHINESE_DECIDE}`,
    String.raw`(?:^|[，。,\s])(?:(?:已经|已經)?(?:决定|決定|确定|確定)(?:是|了|为|為|：|:|在|将|將|把|采用|採用|推迟|推遲)|(?:决议|決議|决定|決定)(?:是)?[:：]|(?:结论|結論|决定|決定)是|(?<=[，,])(?:决定|決定)(?!是否|权|不了)|(?:经过?|經過?)(?:表决|表決|投票)[，,]|(?:投票|表决|表決|讨论|討論|会议|會議)的?(?:结果|結果)(?:是|[：:])|最[终終后後](?:的)?方案是)`,
    String.raw`(?:就|那就)(?:这么|這麼|这样|這樣)(?:定|办|辦|决定|決定|说定|說定)|(?:定下来|定下來|说定|說定|敲定|拍板|达成一致|達成一致)(?:了|[，,])|(?:^|[，,] ?)(?:就)?定了[：:，,]|(?:这|這)(?:就)?是(?:我们的?|大家的?)?(?:最[终終后後])(?:的)?(?:决定|決定)|已(?:经|經)(?:决定|決定)(?=[，,：:])`,
    String.raw`^(?:好的?|行|那么?|嗯|可以|所以|对|ok|okay)*[，, ]*(?:那么?)?(?:我们|我們|咱们|咱們)?就(?:选|選|用|采用|採用|按|定|走)|^那?(?:我们|我們|咱们|咱們)就(?:选|選|用|采用|採用|按|定)`,
    String.raw`(?:正式|一致|全票|投票|表决|表決|获得|獲得|获|獲|审议|審議)(?:通过|通過|批准)`,
  ].join('|'),
  'giu',
);

/** Words about deciding in sentences that decide nothing. */
const NOT_YET =
  /^(?:if|unless|once|when|until|before|wenn|falls|bevor|si|如果|要是)\b|\b(?:not|never|nobody|no one|haven['’]t|hasn['’]t|didn['’]t|don['’]t)(?: yet| really| all)* (?:been )?(?:decided?|agreed?|settled?|approved?)\b|\b(?:no decision|yet to (?:decide|agree|be decided|be approved)|to be (?:decided|approved)|had (?:decided|agreed|approved))\b|\bbefore we (?:decide|agree)\b|\bnoch nicht\b|pas encore|todavía no|(?:还没|還沒|没有|沒有|没人|沒人|尚未|并未|並未|从未|從未|未能|需要|不能|无法|無法|难以|難以|是否)[^，。,]{0,6}(?:决定|決定|确定|確定|同意|通过|通過|批准|达成|達成|定下)|不同意|未(?:获|獲)?(?:通过|通過|批准)/iu;
