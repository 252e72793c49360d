import { useState } from 'react';
import { Button, TextArea, TextField } from 'react-aria-components';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import type { DraftSegment } from './transcript-draft.ts';

/** The words of a segment as a field, in their place, with who said them. Escape leaves them as they were. */
export function SegmentEditor({
  corrected,
  names,
  onChange,
  onClose,
}: {
  readonly corrected: DraftSegment;
  readonly names: ReadonlyMap<string, string>;
  readonly onChange: (corrected: DraftSegment) => void;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  const [before] = useState(corrected);
  const { text, speaker } = corrected;
  return (
    <div className="segment-editor">
      <TextField
        className="field"
        aria-label={m.wordsOfSegment}
        value={text}
        onChange={(next) => onChange({ speaker, text: next })}
        autoFocus
      >
        <TextArea
          className="input edit-text"
          rows={Math.max(2, Math.ceil(text.length / 40))}
          onKeyDown={(event) => {
            // Not the one that ends a word of an input method.
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault();
              onClose();
            } else if (event.key === 'Escape') {
              onChange(before);
              onClose();
            }
          }}
        />
      </TextField>
      <div className="segment-editor-end">
        {names.size > 1 && (
          <Choice
            label={m.speaker}
            isLabelHidden
            options={[...(speaker === null ? [['', m.speakerUnknown] as const] : []), ...names]}
            value={speaker ?? ''}
            onChange={(id) => onChange({ text, speaker: id === '' ? null : id })}
          />
        )}
        <Button className="button" onPress={onClose}>
          {m.done}
        </Button>
      </div>
    </div>
  );
}
