import type { KeyView } from '../keys/manage-keys.ts';
import { minute } from './minute.ts';
import { aligned, printable } from './render-list.ts';

/** One line per key: id, state, role, whether requests are signed, times, name. */
export function keyLines(keys: readonly KeyView[]): string[] {
  if (keys.length === 0)
    return ['no keys yet: npm run -s hansard -- keys create NAME --role ROLE makes the first'];
  const table = keys.map(({ id, state, role, signature, expiresAt, lastUsedAt, name }) => [
    id,
    state,
    role,
    signature,
    expiresAt === null ? 'never' : minute(expiresAt),
    lastUsedAt === null ? 'never' : minute(lastUsedAt),
    printable(name),
  ]);
  return aligned([['ID', 'STATE', 'ROLE', 'SIGNED', 'EXPIRES', 'LAST USED', 'NAME'], ...table]);
}
