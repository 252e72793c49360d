/** `2026-11-24` in a locale's long form. */
export const writtenDay =
  (locale: string) =>
  (isoDate: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(
      new Date(`${isoDate}T00:00:00Z`),
    );

export const writtenCount = (locale: string): ((value: number) => string) => {
  const format = new Intl.NumberFormat(locale);
  return (value) => format.format(value);
};

/** Whole seconds as `1 h 02 min 03 s`, without the leading units that are zero. */
export const writtenDuration =
  (units: { hour: string; minute: string; second: string }, space: string) =>
  (seconds: number): string => {
    const whole = Math.max(0, Math.round(seconds));
    const parts: [number, string][] = [
      [Math.floor(whole / 3600), units.hour],
      [Math.floor(whole / 60) % 60, units.minute],
      [whole % 60, units.second],
    ];
    const first = parts.findIndex(([amount]) => amount > 0);
    const shown = parts.slice(first === -1 ? parts.length - 1 : first);
    return shown
      .map(([amount, unit], index) => {
        const digits = index === 0 ? String(amount) : String(amount).padStart(2, '0');
        return `${digits}${space}${unit}`;
      })
      .join(space);
  };

/** Units that English, German, French and Spanish share. */
export const LATIN_UNITS = { hour: 'h', minute: 'min', second: 's' };

/** `what (why), when`, for scripts that use spaces. */
export const becauseWithSpaces = (what: string, reason: string, spans: string): string =>
  `${what}${reason && ` (${reason})`}${spans && `, ${spans}`}`;
