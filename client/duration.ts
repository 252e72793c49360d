/** Seconds of `30m`, `12h` or `7d`; null: it is none of these. */
export function parseDuration(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text.trim()) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 0);
  return seconds > 0 ? seconds : null;
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** The other way round. */
export function durationText(seconds: number): string {
  const [unit = 'm', inSeconds = 60] =
    Object.entries(SECONDS).findLast(([, length]) => seconds % length === 0) ?? [];
  return `${seconds / inSeconds}${unit}`;
}
