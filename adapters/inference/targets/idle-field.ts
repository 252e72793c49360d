import type { Role } from '../../../workflows/contracts/targets.ts';
import type { TargetEntry } from './target-schema.ts';

/** The field of an entry that does nothing to its role, and whom it is for; null: there is none. */
export function idleField(
  role: Role,
  entry: TargetEntry,
): { readonly field: keyof TargetEntry; readonly roles: readonly Role[] } | null {
  for (const { field, roles } of FIELDS) {
    const isSet = entry[field] !== undefined && entry[field] !== false;
    if (isSet && !roles.includes(role)) return { field, roles };
  }
  return null;
}

const FIELDS: readonly { readonly field: keyof TargetEntry; readonly roles: readonly Role[] }[] = [
  { field: 'audioSeconds', roles: ['transcribe'] },
  { field: 'privateDownloads', roles: ['illustrate'] },
  { field: 'tokenizer', roles: ['summarize', 'generate'] },
];
