/** Whether a dotted version such as 1.29.1 is the wanted one or newer. A missing part counts as 0. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, part] of wanted.split('.').map(Number).entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
