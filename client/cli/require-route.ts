import type { Command } from 'commander';
import { isRemote, OnlyDirectError, type Environment } from '../config.ts';

/** What an operator does where the services are: no gateway has a route for it. */
const DIRECT_ONLY: ReadonlySet<string> = new Set([
  'migrate',
  'doctor',
  'warm',
  'sweep',
  'models',
  'keys link',
]);

/** Throws `OnlyDirectError` for a command, or an option, that the gateway which the environment names cannot have. */
export function requireRoute(command: Command, env: Environment): void {
  if (!isRemote(env)) return;
  const names = namesOf(command);
  const isOperators = DIRECT_ONLY.has(names[0] ?? '') || DIRECT_ONLY.has(names.join(' '));
  if (isOperators) throw new OnlyDirectError(names.join(' '));
  const { tenant } = command.opts<{ readonly tenant?: string }>();
  if (tenant !== undefined) {
    throw new OnlyDirectError(
      '--tenant',
      'the key in HANSARD_KEY says which tenant it is: leave it out',
    );
  }
}

/** Such as `warm`, `apply`. */
function namesOf(command: Command): string[] {
  const { parent } = command;
  return parent === null ? [] : [...namesOf(parent), command.name()];
}
