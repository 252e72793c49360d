import { optional, SettingError, type Environment } from '../settings/environment.ts';

/** `HANSARD_WEBHOOK_LOOPBACK`: whether messages may be sent to this machine itself. Throws `SettingError`. */
export function loopbackAllowed(env: Environment): boolean {
  const value = optional(env, 'HANSARD_WEBHOOK_LOOPBACK') ?? 'refuse';
  if (value === 'allow' || value === 'refuse') return value === 'allow';
  throw new SettingError(
    'invalid',
    'HANSARD_WEBHOOK_LOOPBACK is neither allow nor refuse. Correct it.',
  );
}
