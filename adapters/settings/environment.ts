/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable is missing or has a wrong value. The message names the variable and the remedy, and never the value. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly kind: 'missing' | 'invalid';

  constructor(kind: 'missing' | 'invalid', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The variable's value; undefined when it is unset. An empty variable, as `NAME=` in .env leaves it, counts as unset. */
export function optional(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** The values of variables that must be set. Throws a `SettingError` that names every missing one. */
export function required<Name extends string>(
  env: Environment,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  if (areSet(env, names)) return env;
  const missing = names.filter((name) => optional(env, name) === undefined);
  const [are, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new SettingError(
    'missing',
    `${missing.join(', ')} ${are} not set. Set ${them} in the environment (see .env.example), ` +
      'or start the local stack with npm run local.',
  );
}

const areSet = <Name extends string>(
  env: Environment,
  names: readonly Name[],
): env is Readonly<Record<Name, string>> =>
  names.every((name) => optional(env, name) !== undefined);

/** Returns the value when it is a URL of that form; otherwise throws a `SettingError` with the example. */
export function requireUrl(
  name: string,
  value: string,
  { form, example }: { readonly form: RegExp; readonly example: string },
): string {
  const url = URL.parse(value);
  if (url !== null && form.test(url.href)) return value;
  throw new SettingError('invalid', `${name} is not of the form ${example}. Correct it.`);
}

/** Host, port and path of a server's URL, for messages: without user and password. */
export function placeOf(url: string, defaultPort: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'localhost'}:${port || defaultPort}${pathname}`;
}
