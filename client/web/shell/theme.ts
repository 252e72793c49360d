import { useEffect, useState } from 'react';
import { readSetting, writeSetting } from './settings.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

/** Light, dark, or as the system is; tokens.css has the colours of both. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, choose] = useState<Theme>(() => {
    const chosen = readSetting('theme');
    return isTheme(chosen) ? chosen : 'system';
  });
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return [
    theme,
    (next) => {
      writeSetting('theme', next);
      choose(next);
    },
  ];
}
