/**
 * A JSON schema in the words that node-llama-cpp knows: `anyOf` as `oneOf`, which means the same to a grammar. What it does
 * not know, such as `pattern`, it leaves out, and then the grammar allows more than the schema.
 */
export function toGrammarSchema(schema: object): object {
  return rename(schema) as object;
}

function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name === 'anyOf' && Array.isArray(inner) ? 'oneOf' : name,
      rename(inner),
    ]),
  );
}
