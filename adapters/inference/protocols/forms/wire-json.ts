/**
 * JSON of what is sent. Half a character, as a text has that was cut at a length, becomes U+FFFD: JSON can say it, and
 * servers that keep texts in UTF-8 (TGI, vLLM's tokenizers) refuse the whole request for it.
 */
export function wireJson(value: object): string {
  const text = JSON.stringify(value);
  // Only halves are written as such escapes; most texts have none.
  return text.includes('\\ud') ? JSON.stringify(value, wellFormed) : text;
}

const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;
