/** `hh:mm:ss.mmm`; subtitle formats differ in the mark before the milliseconds. */
export function timestamp(milliseconds: number, mark: '.' | ','): string {
  const digits = (value: number, length: number) => String(Math.floor(value)).padStart(length, '0');
  const hours = digits(milliseconds / 3_600_000, 2);
  const minutes = digits((milliseconds / 60_000) % 60, 2);
  const seconds = digits((milliseconds / 1000) % 60, 2);
  return `${hours}:${minutes}:${seconds}${mark}${digits(milliseconds % 1000, 3)}`;
}
