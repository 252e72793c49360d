import type { Environment } from '../../settings/environment.ts';

/** Replaces `${NAME}` by variables. `missing` is the first one that is unset or empty; `text` is unusable then. */
export function interpolate(
  template: string,
  variables: Environment,
): { readonly text: string; readonly missing: string | null } {
  let missing: string | null = null;
  const text = template.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = valueOf(name, variables);
    if (value === '') missing ??= name;
    return value;
  });
  return { text, missing };
}

/** The tokens of a variable: one, or several separated by commas, which no token contains. */
export const apiTokensIn = (name: string, variables: Environment): readonly string[] => {
  const tokens = valueOf(name, variables).split(',');
  return [...new Set(tokens.map((token) => token.trim()).filter((token) => token !== ''))];
};

const valueOf = (name: string, variables: Environment): string =>
  Object.hasOwn(variables, name) ? (variables[name]?.trim() ?? '') : '';
