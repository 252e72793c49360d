import { foldForComparison } from '../transcript/text.ts';

/**
 * The attendee with this full name, else the only attendee with this name as first or last name, else the name as
 * spoken. Null if no person was named: "I", "we", "someone".
 */
export function resolveOwner(
  owner: string | null,
  { attendees }: { readonly attendees: readonly string[] },
): string | null {
  const name = owner === null ? '' : foldForComparison(owner).replace(/[\s.,;:!?]+$/u, '');
  if (!/\p{L}/u.test(name) || NOBODY.has(comparable(name))) return null;

  const full = attendees.filter((attendee) => comparable(attendee) === comparable(name));
  if (full[0] !== undefined) return full[0];
  const partial = attendees.filter((attendee) =>
    comparable(attendee)
      .split(/[\s-]+/u)
      .includes(comparable(name)),
  );
  return partial.length === 1 && partial[0] !== undefined ? partial[0] : name;
}

const comparable = (name: string): string => foldForComparison(name).toLowerCase();

/** Words that models and people use instead of a name. */
const NOBODY: ReadonlySet<string> = new Set(
  [
    'i me we us you he she it they them someone somebody anyone anybody everyone everybody all nobody',
    'speaker unknown none null unassigned tbd null n/a who this that there everything',
    'ich wir du sie er es jemand alle niemand man unbekannt',
    "je nous tu vous il elle on ils elles quelqu’un quelqu'un personne inconnu",
    'yo nosotros nosotras tú usted él ella ellos ellas alguien todos nadie',
    '我 我们 我們 你 你们 你們 您 他 她 他们 他們 她们 大家 有人 谁 誰 咱们 咱們 未知 没有人',
  ].flatMap((words) => words.split(' ')),
);
