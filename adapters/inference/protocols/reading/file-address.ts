/** Presigned addresses with session tokens have about 2,000 characters. */
const LONGEST_URL = 8192;

/** Whether a result may be fetched there: http or https, and not endless. The download checks where it leads. */
export function isFileAddress(url: string): boolean {
  if (url.length > LONGEST_URL) return false;
  const { protocol } = URL.parse(url) ?? { protocol: null };
  return protocol === 'https:' || protocol === 'http:';
}
