import type { Session } from '../api/answers.ts';

/** Names of people are not theirs alone, and change; that of a key is also that of the one that takes its place. */
export const ownerOf = ({
  tenant,
  name,
  person,
}: Pick<Session, 'tenant' | 'name' | 'person'>): string =>
  JSON.stringify(person === null ? [tenant, name] : [tenant, 'person', person]);
