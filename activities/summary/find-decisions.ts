import type { Sentence } from '../transcript/sentence-stream.ts';

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
    } else if (DECISION.test(sentence.text) && !NOT_YET.test(sentence.text)) {
      decisions.push(sentence);
    }
  }
  return decisions;
}

const isQuestion = (text: string): boolean => /[?？]["'”’»）)]*$/u.test(text);

function meantByBare(sentences: readonly Sentence[], index: number): Sentence | null {
  const [before, after] = [sentences[index - 1], sentences[index + 1]];
  if (before !== undefined && PROPOSAL.test(before.text)) return before;
  return after !== undefined && OUTCOME.test(after.text) && !isQuestion(after.text) ? after : null;
}

const BARE =
  /^(?:(?:okay|ok|alright|so|then|yes),? )?(?:agreed|decided|approved|decision|beschlossen|einverstanden|d['’]accord|de acuerdo|同意|通过|就这么定了?|決定了?|决定了?)[.!,:。！：]*$/iu;
const PROPOSAL =
  /\b(?:propose|suggest|let['’]?s|let us|shall we|how about|why don['’]t we|what if)\b|schlage (?:ich )?vor|建议|建議|提议|提議/iu;
const OUTCOME = /\b(?:will|is|are|shall|goes|takes|wird|werden|ist)\b/iu;

const HEDGES = String.raw`(?:(?:['’]ve|have|had|has|all|both|just|also|now|then|finally|already|jointly|unanimously|therefore|hereby) ?)*`;
const DECISION = new RegExp(
  [
    String.raw`\b(?:we|they|everyone|everybody|all of us|the (?:team|group|board|committee|council)) ?${HEDGES} ?(?:decided|decide (?:to|on|that|against)|agreed|agree (?:to|on|that)|resolved to|settled on|concluded that|approved|voted (?:to|for|against)|opted (?:to|for)|chose|made the decision|came to the decision)\b`,
    String.raw`^(?:(?:okay|ok|alright|so|then|yes|well),? )*(?:agreed|decided|approved|resolved|decision|the decision)\b(?=[:,;. ])(?! (?:on|by|with))`,
    String.raw`\b(?:the|our|that|a) (?:final )?decision (?:is|was)\b|\b(?:it is|it['’]s|it was|it has been|that['’]s|that is)(?: hereby| now)? (?:decided|agreed|settled|approved)\b`,
    String.raw`\blet['’]?s (?:go|stick|settle) (?:with|on|for)\b|\blet us (?:go|stick|settle) (?:with|on|for)\b|\bwe(?:['’]ll| will| are going to|['’]re going to) (?:go|stick) with\b|\bwe(?:['’]re| are) going (?:ahead )?with\b`,
    String.raw`\b(?:is|are|was|were|has been|have been) (?:hereby )?approved\b`,
    String.raw`\b(?:wir haben|wir|es wurde|es ist|es wird|haben wir|wurde|ist)\b[^.!?]{0,120}\b(?:beschlossen|entschieden|vereinbart|festgelegt|geeinigt|verabschiedet)\b|\bbeschluss:|\bwir (?:beschließen|entscheiden uns|einigen uns|vereinbaren)\b`,
    String.raw`(?:nous avons|on a|il a été|il est)(?: donc| tous)? (?:décidé|convenu|arrêté|approuvé)|(?:^|\s)décision :|nous sommes d['’]accord pour`,
    String.raw`\b(?:hemos decidido|decidimos|acordamos|hemos acordado|se decidió|se acordó|se ha decidido|se ha acordado|queda decidido|queda aprobado)\b`,
    String.raw`(?:我们|我們|大家|会议|會議|咱们|团队|團隊|公司|最[后後終终]|一致|现在|現在)[^，。！？,]{0,8}(?:决定|決定|同意|确定|確定|商定|通过了|通過了)|(?:^|[，。,\s])(?:决定|決定|确定|確定)(?:是|了|为|為|：|:|在|将|把|采用|採用|推迟|推遲)|决议[:：]|決議[:：]|就这么定|就這麼定|已经(?:决定|确定|同意|批准)|已經(?:決定|確定|同意|批准)`,
  ].join('|'),
  'iu',
);

/** Words about deciding in sentences that decide nothing. */
const NOT_YET =
  /^(?:if|unless|once|when|until|before|wenn|falls|bevor|si|如果|要是)\b|\b(?:not|never|haven['’]t|hasn['’]t|didn['’]t|don['’]t)(?: yet| really| all)* (?:been )?(?:decided?|agreed?|settled?|approved?)\b|\bbefore we (?:decide|agree)\b|\bnoch nicht\b|pas encore|todavía no|(?:还没|還沒|没有|沒有|尚未|需要|不能|无法|無法|是否)[^，。,]{0,6}(?:决定|決定|确定|確定|同意)/iu;
