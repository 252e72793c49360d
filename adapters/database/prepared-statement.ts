import { CompiledQuery, type Kysely } from 'kysely';

/**
 * A statement that runs with every call: its text is made once, and each connection has Postgres parse and plan it once. All
 * others are made, parsed and planned each time, because their best plan depends on what they ask for.
 *
 * @param write the SQL, in which `the('tenant')` stands for that member of the input
 */
export function preparedStatement<Input extends object, Row = never>(
  name: string,
  write: (the: (member: keyof Input & string) => string) => string,
) {
  const members: (keyof Input & string)[] = [];
  const text = write((member) => {
    if (!members.includes(member)) members.push(member);
    return `$${members.indexOf(member) + 1}`;
  });
  NAMES.set(text, `hansard_${name}`);
  return async (db: Pick<Kysely<unknown>, 'executeQuery'>, input: Input) => {
    const parameters = members.map((member): unknown => input[member]);
    return await db.executeQuery<Row>(CompiledQuery.raw(text, parameters));
  };
}

const NAMES = new Map<string, string>();

/** Under which name connections have this statement; undefined: it is none of these. */
export const preparedName = (text: string): string | undefined => NAMES.get(text);
