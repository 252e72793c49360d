import type { WrittenByPeople } from '../jobs/explain/written-by-people.ts';

/**
 * What a summary written anew does not take over, such as "2 statements and the summary that people wrote are not taken
 * over: version 4 keeps them"; null: nothing that people wrote.
 *
 * @param id of the job
 */
export function replacedText(
  { version, statements, summary }: WrittenByPeople,
  id: string,
): string | null {
  const parts = [
    ...(statements === 0 ? [] : [statements === 1 ? '1 statement' : `${statements} statements`]),
    ...(summary ? ['the summary'] : []),
  ];
  if (parts.length === 0) return null;
  const isOne = parts.length === 1 && statements <= 1;
  return `${parts.join(' and ')} that people wrote ${isOne ? 'is' : 'are'} not taken over: version ${version} keeps ${isOne ? 'it' : 'them'} (npm run -s hansard -- result ${id} --version ${version} --out DIR)`;
}
