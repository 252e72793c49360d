/**
 * What makes an answer no good summary. The first two are no summary at all; the others are accepted once their repair
 * was asked for, and show in the minutes as statements that are not verified.
 */
export type AnswerFault =
  'no_object' | 'wrong_fields' | 'empty' | 'no_statements' | 'uncited' | 'wrong_language';

/** What is told to the model of its fault, with no word of its answer. */
export const FAULT_IN_WORDS: Readonly<Record<AnswerFault, string>> = {
  no_object: 'it held no complete JSON object',
  wrong_fields: 'its JSON object did not have the fields of the schema',
  empty: 'its summary and all its lists were empty',
  no_statements:
    'all its lists were empty, although there is something to write in them: go through the lines again and enter what they say',
  uncited: 'none of its citations named a segment id and words that are there',
  wrong_language: 'it was not written in the language asked for',
};
