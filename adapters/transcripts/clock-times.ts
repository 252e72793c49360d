/** `1:02:03.250`, `02:03,25` or `0:03` in seconds, to the millisecond; null: it is no such time. */
export function parseClock(text: string): number | null {
  const match = /^(?:(\d{1,4}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,9}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, hours = '0', minutes = '', seconds = '', fraction = '0'] = match;
  if (Number(seconds) > 59 || (match[1] !== undefined && Number(minutes) > 59)) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return Math.round((whole + Number(`0.${fraction}`)) * 1000) / 1000;
}

/** Start and end of a line such as `00:01.000 --> 00:02.500 align:start`; null: it is no such line. */
export function parseTimes(line: string): { readonly start: number; readonly end: number } | null {
  const [from = '', rest, ...more] = line.split('-->');
  if (rest === undefined || more.length > 0) return null;
  const start = parseClock(from);
  const end = parseClock(rest.trim().split(/[ \t]/, 1)[0] ?? '');
  return start === null || end === null ? null : { start, end: Math.max(start, end) };
}
