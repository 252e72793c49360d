/** What somebody chose for this browser. Without storage, a choice lasts as long as the page. */
type Setting = 'language' | 'theme' | 'speed';

const keyOf = (setting: Setting): string => `hansard.${setting}`;

export function readSetting(setting: Setting): string | null {
  try {
    return localStorage.getItem(keyOf(setting));
  } catch {
    return null;
  }
}

export function writeSetting(setting: Setting, value: string): void {
  try {
    localStorage.setItem(keyOf(setting), value);
  } catch {
    // Storage is full, or forbidden.
  }
}
