import { ArrowDown, ArrowUp, Plus, Trash2, Undo2, X } from 'lucide-react';
import {
  Button,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  TextArea,
  TextField,
} from 'react-aria-components';
import type { Citation } from '../../../workflows/contracts/minutes.ts';
import { CitationChip } from '../job/citation.tsx';
import { useWording } from '../shell/language.tsx';
import type { DraftItem } from './minutes-draft.ts';

/** A statement or a task with its sources, as fields. */
export function ItemEditor({
  item,
  label,
  isTask,
  isNew,
  names,
  onChange,
  onMove,
  onRemove,
}: {
  readonly item: DraftItem;
  /** Such as "Decisions 2". */
  readonly label: string;
  readonly isTask: boolean;
  /** It was added just now, and is written next. */
  readonly isNew: boolean;
  readonly names: ReadonlyMap<string, string>;
  readonly onChange: (change: Partial<DraftItem>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}) {
  const { m } = useWording();
  return (
    <li className="edit-item">
      <TextField
        className="field"
        aria-label={label}
        value={item.text}
        onChange={(text) => onChange({ text })}
        autoFocus={isNew}
      >
        <TextArea className="input edit-text" rows={rowsOf(item.text)} maxLength={10_000} />
      </TextField>
      {isTask && (
        <div className="form-row">
          <OwnerField owner={item.owner} names={names} onChange={(owner) => onChange({ owner })} />
          <TextField
            className="field"
            type="date"
            value={item.due}
            onChange={(due) => onChange({ due })}
          >
            <Label>{m.due}</Label>
            <Input className="input" />
          </TextField>
          <TextField
            className="field"
            value={item.dueText}
            onChange={(dueText) => onChange({ dueText })}
          >
            <Label>{m.dueInWords}</Label>
            <Input className="input" maxLength={500} />
          </TextField>
        </div>
      )}
      <Sources item={item} onChange={onChange} />
      <div className="edit-tools" role="group" aria-label={label}>
        <Button
          className="quiet edit-small"
          onPress={() => onChange({ quotes: [...item.quotes, ''] })}
        >
          <Plus aria-hidden />
          {m.addSource}
        </Button>
        <Button className="quiet icon-only" aria-label={m.moveUp} onPress={() => onMove(-1)}>
          <ArrowUp aria-hidden />
        </Button>
        <Button className="quiet icon-only" aria-label={m.moveDown} onPress={() => onMove(1)}>
          <ArrowDown aria-hidden />
        </Button>
        <Button className="quiet icon-only" aria-label={m.removeItem(label)} onPress={onRemove}>
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}

/** The lines that a text takes, where the browser does not fit the field to it. */
export const rowsOf = (text: string): number =>
  Math.min(
    12,
    text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / 64)), 0),
  );

/** A speaker, or anybody else by name. */
function OwnerField({
  owner,
  names,
  onChange,
}: {
  readonly owner: string;
  readonly names: ReadonlyMap<string, string>;
  readonly onChange: (owner: string) => void;
}) {
  const { m } = useWording();
  const nameOf = (one: string): string => names.get(one) ?? one;
  const idOf = (name: string): string =>
    nameOf(owner) === name
      ? owner
      : ([...names].find(([, called]) => called === name)?.[0] ?? name);
  return (
    <ComboBox
      className="field"
      allowsCustomValue
      menuTrigger="focus"
      inputValue={nameOf(owner)}
      onInputChange={(name) => onChange(idOf(name))}
    >
      <Label>{m.owner}</Label>
      <Input className="input" maxLength={200} />
      <Popover className="popover choice-list">
        <ListBox className="menu">
          {[...names].map(([id, name]) => (
            <ListBoxItem key={id} id={id} textValue={name} className="menu-item">
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** What bears a statement out: each source can be heard, dropped and taken back; others are named by their words. */
function Sources({
  item,
  onChange,
}: {
  readonly item: DraftItem;
  readonly onChange: (change: Partial<DraftItem>) => void;
}) {
  const { m } = useWording();
  if (item.citations.length + item.quotes.length === 0) return null;
  return (
    <ul className="edit-sources" aria-label={m.sources}>
      {item.citations.map((citation, index) => (
        <li key={`${citation.segmentIds.join(' ')} ${citation.quote}`} className="edit-source">
          <CitationChip citation={asCitation(citation)} />
          <span className="edit-quote">
            {citation.isKept ? <q>{citation.quote}</q> : <del>{citation.quote}</del>}
          </span>
          <Button
            className="quiet icon-only"
            aria-label={
              citation.isKept ? m.dropSource(citation.quote) : m.keepSource(citation.quote)
            }
            onPress={() =>
              onChange({
                citations: item.citations.with(index, { ...citation, isKept: !citation.isKept }),
              })
            }
          >
            {citation.isKept ? <X aria-hidden /> : <Undo2 aria-hidden />}
          </Button>
        </li>
      ))}
      {item.quotes.map((quote, index) => (
        // Quotes have nothing but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index} className="edit-source">
          <TextField
            className="field edit-quote"
            aria-label={m.newSource}
            value={quote}
            onChange={(next) => onChange({ quotes: item.quotes.with(index, next) })}
            autoFocus={quote === ''}
          >
            <Input className="input" placeholder={m.newSourceHelp} maxLength={5_000} />
          </TextField>
          <Button
            className="quiet icon-only"
            aria-label={m.dropSource(quote)}
            onPress={() => onChange({ quotes: item.quotes.toSpliced(index, 1) })}
          >
            <X aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  );
}

const asCitation = (citation: DraftItem['citations'][number]): Citation => ({
  quote: citation.quote,
  start: citation.start,
  segmentIds: [...citation.segmentIds],
  end: null,
  speaker: null,
});
