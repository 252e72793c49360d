import type { ActionItem, Minutes, Statement } from '../../../workflows/contracts/minutes.ts';
import { itemId } from '../../../workflows/contracts/minutes-items.ts';
import { useWording } from '../shell/language.tsx';
import { CitationChip } from './citation.tsx';

/** What the meeting said, with where it said so. */
export function MinutesText({
  minutes,
  names,
}: {
  readonly minutes: Minutes;
  /** From the ids of speakers to what they are called. */
  readonly names: ReadonlyMap<string, string>;
}) {
  const { m } = useWording();
  // A template may leave lists out; those of older minutes are all wanted.
  const wants = (list: 'keyPoints' | 'decisions' | 'actionItems' | 'openQuestions'): boolean =>
    minutes.template.lists?.includes(list) ?? true;
  return (
    <div className="minutes" lang={minutes.language ?? undefined}>
      <section aria-labelledby="summary">
        <h2 id="summary" lang={m.htmlLanguage}>
          {m.summary}
        </h2>
        {minutes.summary === '' ? (
          <p className="faint" lang={m.htmlLanguage}>
            {m.noSummary}
          </p>
        ) : (
          minutes.summary.split(/\n{2,}/).map((paragraph) => (
            <p key={paragraph} className="summary">
              {paragraph}
            </p>
          ))
        )}
      </section>
      {wants('decisions') && (
        <Statements id="decisions" title={m.decisions} items={minutes.decisions} />
      )}
      {wants('actionItems') && <ActionItems items={minutes.actionItems} names={names} />}
      {wants('keyPoints') && (
        <Statements id="keyPoints" title={m.keyPoints} items={minutes.keyPoints} />
      )}
      {wants('openQuestions') && (
        <Statements id="openQuestions" title={m.openQuestions} items={minutes.openQuestions} />
      )}
      {minutes.sections.map(({ id, title, items }) => (
        <Statements key={id} id={`section-${id}`} title={title} items={items} />
      ))}
    </div>
  );
}

function Statements({
  id,
  title,
  items,
}: {
  readonly id: string;
  readonly title: string;
  readonly items: readonly Statement[];
}) {
  const { m } = useWording();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} lang={m.htmlLanguage}>
        {title} <span className="count">{items.length}</span>
      </h2>
      {items.length === 0 ? (
        <p className="faint" lang={m.htmlLanguage}>
          {m.noneRecorded}
        </p>
      ) : (
        <ul className="statements">
          {items.map((item, index) => (
            <li key={`${index} ${item.text}`}>
              {item.text} <Sources statement={item} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ActionItems({
  items,
  names,
}: {
  readonly items: readonly ActionItem[];
  readonly names: ReadonlyMap<string, string>;
}) {
  const { m, format } = useWording();
  return (
    <section aria-labelledby="actionItems">
      <h2 id="actionItems" lang={m.htmlLanguage}>
        {m.actionItems} <span className="count">{items.length}</span>
      </h2>
      {items.length === 0 ? (
        <p className="faint" lang={m.htmlLanguage}>
          {m.noneRecorded}
        </p>
      ) : (
        <table className="actions">
          <thead lang={m.htmlLanguage}>
            <tr>
              <th scope="col">{m.task}</th>
              <th scope="col">{m.owner}</th>
              <th scope="col">{m.due}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, index) => (
              <tr key={itemId('actionItems', index)}>
                <td>
                  {item.task} <Sources statement={item} />
                </td>
                <td data-label={m.owner}>
                  {item.owner === null ? (
                    <None text={m.nobodyNamed} />
                  ) : (
                    // Somebody whom nobody named is known by the id of a speaker.
                    (names.get(item.owner) ?? item.owner)
                  )}
                </td>
                <td data-label={m.due} className="due">
                  {item.due === null
                    ? (item.dueText ?? <None text={m.noDayNamed} />)
                    : format.day(item.due)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const None = ({ text }: { readonly text: string }) => <span className="faint">{text}</span>;

/** The chips of a statement, and a word of doubt where one is due. */
function Sources({ statement }: { readonly statement: Statement | ActionItem }) {
  const { m } = useWording();
  const doubt =
    statement.unsupported === true ? m.notBorneOut : statement.verified ? null : m.notVerified;
  return (
    <span className="sources" lang={m.htmlLanguage}>
      {statement.citations.map((citation) => (
        <CitationChip key={`${citation.start} ${citation.quote}`} citation={citation} />
      ))}
      {doubt !== null && <span className="doubt">{doubt}</span>}
    </span>
  );
}
