import { foldForComparison } from '../transcript/text.ts';

/**
 * The attendee with this full name, else the only attendee with this name as first or last name, else the name as
 * spoken. "I" is who spoke, by the speaker's id, and an id is itself. Null if no person was named: "we", "someone", "I" of
 * somebody unknown, and an id that nobody has.
 */
export function resolveOwner(
  owner: string | null,
  {
    attendees,
    speaker = null,
    speakers = NO_SPEAKERS,
  }: {
    readonly attendees: readonly string[];
    /** The id of who said it; null: not known, or several. */
    readonly speaker?: string | null;
    /** The ids of everybody who speaks in the transcript; absent: nobody is known by one. */
    readonly speakers?: ReadonlySet<string>;
  },
): string | null {
  const name = owner === null ? '' : foldForComparison(owner).replace(/[\s.,;:!?]+$/u, '');
  if (SELF.has(comparable(name))) return speaker;
  const id = SPEAKER_ID.exec(name)?.[1]?.toUpperCase();
  if (id !== undefined) return speakers.has(id) ? id : null;
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

const NO_SPEAKERS: ReadonlySet<string> = new Set();

/** As models repeat it. */
const SPEAKER_ID = /^(?:speaker )?(s\d+)$/iu;

const comparable = (name: string): string => foldForComparison(name).toLowerCase();

/** How people name themselves, and how models repeat it. */
const SELF: ReadonlySet<string> = new Set('i me ich mich je moi yo 我 speaker'.split(' '));

/** Words that models and people use instead of a name. */
const NOBODY: ReadonlySet<string> = new Set(
  [
    'we us you he she it they them someone somebody anyone anybody everyone everybody all nobody',
    'unknown none null unassigned tbd null n/a who this that there everything',
    'wir du sie er es jemand alle niemand man unbekannt',
    "nous tu vous il elle on ils elles quelqu’un quelqu'un personne inconnu",
    'nosotros nosotras tú usted él ella ellos ellas alguien todos nadie',
    '我们 我們 你 你们 你們 您 他 她 他们 他們 她们 大家 有人 谁 誰 咱们 咱們 未知 没有人',
  ].flatMap((words) => words.split(' ')),
);
