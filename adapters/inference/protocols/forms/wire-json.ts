/**
 * JSON of a request. Half a character, which remains where a text was cut at a length, becomes U+FFFD: JSON can express
 * it, but servers that keep texts in UTF-8 (TGI, vLLM's tokenizers) refuse the whole request because of it.
 */
export function wireJson(value: object): string {
  const text = JSON.stringify(value);
  // Only half characters are written as such escapes; most texts have none.
  return text.includes('\\ud') ? JSON.stringify(value, wellFormed) : text;
}

const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

type Members = Readonly<Record<string, unknown>>;

/** Merges two objects member by member, at every depth. The second one wins. */
export function mergeMembers(first: Members, second: Members): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = merged[name];
    merged[name] = isMembers(before) && isMembers(value) ? mergeMembers(before, value) : value;
  }
  return merged;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
