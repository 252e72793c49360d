import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import type { Entry } from './compare-minutes.ts';
import { MarkedWords } from './marked-words.tsx';
import type { Row } from './pair-lists.ts';

/**
 * A line of minutes with what is different in it: as it was, as it is, or both in one. Its words are only ever text.
 */
export function EntryView({
  row: { was, is },
  side,
}: {
  readonly row: Row<Entry>;
  readonly side: 'both' | 'was' | 'is';
}) {
  const { m, format } = useWording();
  const shown = side === 'was' ? was : (is ?? was);
  if (shown === null) return null;
  const facts = [
    [m.owner, 'who'],
    [m.due, 'due'],
  ] as const;
  const inWords = (value: string): string =>
    /^\d{4}-\d\d-\d\d$/.test(value) ? format.day(value) : value;
  const factOf = (entry: Entry | null, name: 'who' | 'due'): string => inWords(entry?.[name] ?? '');
  const isTask = 'due' in shown;
  return (
    <div className="entry">
      {!isTask && typeof shown.start === 'number' && (
        <span className="faint numbers">{clockTime(shown.start)} </span>
      )}
      {!isTask && 'who' in shown && (
        <span className="entry-who">
          <MarkedWords was={factOf(was, 'who')} is={factOf(is, 'who')} side={side} />{' '}
        </span>
      )}
      <span className="entry-text">
        <MarkedWords was={inWords(was?.text ?? '')} is={inWords(is?.text ?? '')} side={side} />
      </span>
      {isTask &&
        facts.map(([label, name]) => (
          <span key={name} className="entry-fact">
            <span className="faint">{label}</span>{' '}
            <MarkedWords was={factOf(was, name)} is={factOf(is, name)} side={side} />
          </span>
        ))}
      <Quotes was={was?.quotes ?? []} is={is?.quotes ?? []} side={side} />
      {shown.doubt !== undefined && <span className="doubt">{m[shown.doubt]}</span>}
    </div>
  );
}

/** The sources that one of both has and the other has not; those of both stand nowhere. */
function Quotes({
  was,
  is,
  side,
}: {
  readonly was: readonly string[];
  readonly is: readonly string[];
  readonly side: 'both' | 'was' | 'is';
}) {
  const gone = side === 'is' ? [] : was.filter((quote) => !is.includes(quote));
  const come = side === 'was' ? [] : is.filter((quote) => !was.includes(quote));
  if (gone.length + come.length === 0) return null;
  return (
    <ul className="entry-quotes">
      {gone.map((quote) => (
        <li key={`gone ${quote}`}>
          <del>“{quote}”</del>
        </li>
      ))}
      {come.map((quote) => (
        <li key={`come ${quote}`}>
          <ins>“{quote}”</ins>
        </li>
      ))}
    </ul>
  );
}
