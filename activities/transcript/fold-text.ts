/** Runs of white space become one space; none is left at the ends. Nothing else changes. */
export const foldWhitespace = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** The form in which quotes and transcripts are compared: NFKC, then white space folded. */
export const foldForComparison = (text: string): string => foldWhitespace(text.normalize('NFKC'));
