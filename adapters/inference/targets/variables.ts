/** Environment variables. An empty one counts as unset, because Compose files leave them so. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Replaces `${NAME}` by variables. `missing` is the first one that is unset; `text` is unusable then. */
export function interpolate(
  template: string,
  variables: Variables,
): { readonly text: string; readonly missing: string | null } {
  let missing: string | null = null;
  const text = template.replaceAll(REFERENCE, (_, name: string) => {
    const value = Object.hasOwn(variables, name) ? (variables[name]?.trim() ?? '') : '';
    if (value === '') missing ??= name;
    return value;
  });
  return { text, missing };
}

/** Names of the variables in a text, in order. */
export const variablesIn = (template: string): readonly string[] =>
  [...template.matchAll(REFERENCE)].map((match) => match[1] ?? '');

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A variable may hold several tokens, separated by commas, which no token contains. */
export const splitApiTokens = (text: string | undefined): readonly string[] => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((token) => token.trim())
      .filter((token) => token !== ''),
  ),
];
