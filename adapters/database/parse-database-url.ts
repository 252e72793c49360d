import { required, requireUrl, type Environment } from '../settings/environment.ts';

/** `DATABASE_URL`. Throws `SettingError`. */
export function parseDatabaseUrl(env: Environment): string {
  const { DATABASE_URL } = required(env, 'DATABASE_URL');
  return requireUrl('DATABASE_URL', DATABASE_URL, POSTGRES);
}

const POSTGRES = {
  form: /^postgres(ql)?:/,
  example: 'postgres://user:password@host:port/database',
};
