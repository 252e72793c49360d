/**
 * The sentence with quoted words made unreadable, at the same length: what a letter says, this meeting did not say. A
 * quotation begins after other words; a name or a title in quotation marks is a word or two.
 */
export const withoutQuotations = (text: string): string =>
  text.replace(QUOTATION, (words) => '"'.repeat(words.length));
const QUOTATION = /(?<=\S\s*)(?:["“„«][^"”“»]{12,}["”“»]?|[“「『"][^”」』"]{6,}[”」』"]?)/gu;

/**
 * False where what stands from `at` on is not said as a fact of this meeting: under a condition, as a possibility, as
 * hearsay, or as something of the past.
 */
export function isAsserted(text: string, at: number): boolean {
  const before = text.slice(0, at);
  const after = text.slice(at);
  return !(
    CONDITION.test(text) ||
    LATE_CONDITION.test(after) ||
    POSSIBILITY.test(before) ||
    HEARSAY.test(before) ||
    PAST.test(before) ||
    PAST_AFTER.test(after)
  );
}

const CONDITION =
  /^(?:(?:and|but|so|then|well|aber|und|mais|et|y|pero),? )?(?:(?:if|wenn|falls)(?! (?:possible|necessary|needed|nobody objects|möglich|nötig)\b)|unless|suppose|supposing|assuming|provided|in case|only if|had \p{L}+ (?:\p{L}+ )?\p{L}+(?:ed|en|n)?\b[^.]*\bwould|sofern|si|supposons)\b|^should (?!we |I |you )[^?]*[.!]$|^(?:但是?|不过|那么?)?[，,]?(?:如果|要是|假如|假设|假設|假使|倘若|若是|万一|萬一|除非|只有|只要|即使|就算)/iu;
const LATE_CONDITION =
  /\b(?:only if|unless|provided that|as long as|if (?:there|we|the|he|she|they|it|i) (?:were|was|had|allows?|permits?|is|are|have|has|gets?|agrees?))\b|\bnur wenn\b|(?:如果|的话|的話|才会|才會)/iu;
const POSSIBILITY =
  /^(?:maybe|perhaps|possibly|theoretically|vielleicht|peut-être|quizás?|tal vez)\b|(?:\bI (?:propose|suggest)|\b(?:might|could|would|suggests?|proposes?) (?:that )?(?:we|to)|\bit would)\b[^,;:]*$|(?:也许|也許|或许|或許|可能|说不定|說不定|可以考虑|可以考慮|差点|差點|建议|建議|认为|認為|觉得|覺得|希望|想要)[^，,；;。]*$/iu;
/** What the press says of others, or what is told by hearsay. */
const HEARSAY =
  /\b(?:according to|rumou?r|the (?:newspapers?|press|news|article|letter|competitors?|competition|rivals?))\b|(?:听说|聽說|据说|據說|传闻|傳聞|新闻|新聞|报道|報道|竞争对手|競爭對手|对手|對手)/iu;

/** True if somebody's words stand before `at`: "the customer asked whether we decided". */
export const isReported = (text: string, at: number): boolean => REPORTED.test(text.slice(0, at));
const REPORTED =
  /(?<!\b(?:I|we|as|as \p{L}+) )\b(?:said|says|wrote|writes|told|asked|asks|claims?|claimed|reports|reported|mentions|mentioned|heard|thinks?|believes?|hopes?|wishes)\b|(?:(?<![我们們])(?:说|說)(?![好定明])|表示|写道|寫道|写着|寫著|来信|來信|声称|聲稱|询问|詢問|[户人商]问)[^；;。]*$/u;
const PAST =
  /\b(?:last (?:year|month|week|time|quarter|spring|summer|autumn|fall|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|previously|back then|at (?:the|that) time|formerly|originally|once|used to|yesterday|(?:years?|months?|weeks?|days?) ago|in (?:19|20)\d\d|letztes jahr|letzte woche|damals|früher|gestern|l['’]an dernier|l['’]année dernière|hier|el año pasado|ayer)\b|(?:去年|前年|上周|上週|上星期|上个?月|上個月|上次|上回|上季度|当时|當時|那时|那時|昨天|前天|过去|過去|曾经|曾經|原本|原来|原來|本来|本來|以前(?=我|公司|大家)|从前|早先|之前(?=我们|公司|大家)|[\d一二两兩三四五几幾十]+(?:年|个月|個月|周|週|天)(?:以|之)?前(?=我|公司|大家|团队))/iu;
const PAST_AFTER =
  /^[\p{L}'’ ]{0,24}\b(?:last (?:year|month|week|time)|yesterday|(?:years?|months?|weeks?) ago|in (?:19|20)\d\d)\b|^[^，,。]{0,3}过(?=[\p{sc=Han}])|^[^。]*(?:可是|但是|不过|后来|後來|结果|結果)[^。]*(?:取消|变了|變了|没|沒|病|失败|失敗|不理想)/iu;
