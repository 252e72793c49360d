import { Languages, Moon, Sun, SunMoon } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useWording } from './language.tsx';
import { THEMES, type Theme } from './theme.ts';

const ICONS = { system: SunMoon, light: Sun, dark: Moon };

/** Says the other language's name in that language. */
export function LanguageButton() {
  const { m, language, setLanguage } = useWording();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    <Button className="quiet" aria-label={m.otherLanguageLabel} onPress={() => setLanguage(other)}>
      <Languages aria-hidden />
      <span lang={other}>{m.otherLanguage}</span>
    </Button>
  );
}

export function ThemeMenu({
  theme: [theme, setTheme],
}: {
  readonly theme: readonly [Theme, (theme: Theme) => void];
}) {
  const { m } = useWording();
  const Icon = ICONS[theme];
  return (
    <MenuTrigger>
      <Button className="quiet icon-only" aria-label={m.theme}>
        <Icon aria-hidden />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={m.theme}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[theme]}
          onSelectionChange={(keys) => {
            const chosen = THEMES.find((one) => keys !== 'all' && keys.has(one));
            if (chosen !== undefined) setTheme(chosen);
          }}
        >
          {THEMES.map((one) => (
            <MenuItem key={one} id={one} className="menu-item" textValue={m.themes[one]}>
              {m.themes[one]}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
