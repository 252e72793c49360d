/** Codes of the languages that can be chosen. */
export const SPOKEN: readonly string[] =
  'en zh de fr es it pt nl pl cs uk ru sv da fi el tr ar he hi th vi id ja ko'.split(' ');
