type Members = Readonly<Record<string, unknown>>;

/** Both objects in one, member by member; where both have a value, the second one's. */
export function mergeMembers(first: Members, second: Members): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = merged[name];
    merged[name] = isMembers(before) && isMembers(value) ? mergeMembers(before, value) : value;
  }
  return merged;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
