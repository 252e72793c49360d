import { foldWhitespace } from '../../transcript/text.ts';

/**
 * Makes text safe for a document that people read: lone surrogates become U+FFFD, line ends become `\n`, and control
 * characters are removed. So are the bidirectional embedding, override and isolate characters, with which a name could
 * make the text around it read backwards. The marks that right-to-left scripts need (U+200E, U+200F, joiners) stay.
 */
export const printable = (text: string): string =>
  text
    .replaceAll(/\r\n?|\u2028|\u2029|\u0085/gu, '\n')
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(UNPRINTABLE, '');

/** The same on one line, with white space folded. */
export const printableLine = (text: string): string => foldWhitespace(printable(text));

// All of Cc but tab and line feed; bidirectional controls; invisible tag characters (U+E0000 to U+E007F); U+FEFF.
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;
