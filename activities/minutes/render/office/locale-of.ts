/** The language with its most likely region, as word processors want it: `zh` gives `zh-CN`. */
export function localeOf(language: string): string {
  const { language: code, region } = new Intl.Locale(language).maximize();
  return region === undefined ? code : `${code}-${region}`;
}

export const isRightToLeft = (language: string): boolean =>
  RIGHT_TO_LEFT.includes(new Intl.Locale(language).maximize().script ?? '');

const RIGHT_TO_LEFT = ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm'];
