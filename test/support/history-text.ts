/** Every text of a history, with what its payloads hold. As JSON a payload is in base64, where no word is found. */
export function historyText(history: unknown): string {
  const texts: string[] = [];
  JSON.stringify(history, (key, inner: unknown) => {
    if (typeof inner === 'string') {
      texts.push(key === 'data' ? Buffer.from(inner, 'base64').toString('utf8') : inner);
    }
    return inner;
  });
  return texts.join('\n');
}
