import { Pencil } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { Segment } from '../../../workflows/contracts/transcript.ts';
import { SegmentEditor } from '../edit/segment-editor.tsx';
import type { DraftSegment } from '../edit/transcript-draft.ts';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import { usePlayer } from './player-context.tsx';

/** How a segment is corrected in its place. */
export interface SegmentEditing {
  /** There is a button for it; pressing the words twice opens it all the same. */
  readonly isOffered: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onChange: (corrected: DraftSegment) => void;
  readonly names: ReadonlyMap<string, string>;
}

/** What was said, when, and by whom. */
export function SegmentRow({
  segment,
  name,
  words,
  correction,
  editing,
}: {
  readonly segment: Segment;
  /** Null: who spoke before speaks on. */
  readonly name: string | null;
  /** That are looked for. */
  readonly words: string;
  readonly correction: DraftSegment | undefined;
  /** Null: it can only be read. */
  readonly editing: SegmentEditing | null;
}) {
  const { m } = useWording();
  const { playAt } = usePlayer();
  const { start, mayBeInvented } = segment;
  const text = correction?.text ?? segment.text;
  return (
    <>
      {name !== null && <p className="segment-speaker">{name}</p>}
      <div className="segment">
        {start !== null && (
          <Button
            className="segment-time numbers"
            aria-label={m.playFrom(clockTime(start))}
            onPress={() => playAt(start)}
          >
            {clockTime(start)}
          </Button>
        )}
        {editing?.isOpen === true ? (
          <SegmentEditor
            corrected={correction ?? segment}
            names={editing.names}
            onChange={editing.onChange}
            onClose={() => editing.onOpen(false)}
          />
        ) : (
          <p className="segment-text" onDoubleClick={() => editing?.onOpen(true)}>
            {correction === undefined ? (
              <Marked text={text} words={words} />
            ) : text.trim() === '' ? (
              <del>{segment.text}</del>
            ) : (
              <ins>{text}</ins>
            )}
            {mayBeInvented === true && <span className="doubt">{m.mayBeInvented}</span>}
            {editing?.isOffered === true && (
              <Button
                className="quiet icon-only segment-edit"
                aria-label={m.correctSegment(text)}
                onPress={() => editing.onOpen(true)}
              >
                <Pencil aria-hidden />
              </Button>
            )}
          </p>
        )}
      </div>
    </>
  );
}

/** A text with what is looked for marked in it. */
function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  const sought = words.trim().toLowerCase();
  if (sought === '') return text;
  const parts = [];
  let from = 0;
  const lower = text.toLowerCase();
  // Where lower case has another length, places would differ.
  if (lower.length !== text.length) return text;
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + sought.length)}</mark>);
    from = at + sought.length;
  }
  return [...parts, text.slice(from)];
}
