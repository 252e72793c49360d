/** One variable may hold several tokens, by commas; no token has one. */
export const splitApiTokens = (text: string | undefined): readonly string[] => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((token) => token.trim())
      .filter((token) => token !== ''),
  ),
];
