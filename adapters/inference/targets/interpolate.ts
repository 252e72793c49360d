/** A plain record of variables; an empty one counts as unset, as Compose files leave them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Puts variables in the place of `${NAME}`. `missing` is the first that is unset; `text` is then not to be used. */
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
