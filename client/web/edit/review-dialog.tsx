import '../compare/compare.css';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type ComparedField, isDifferent } from '../compare/compare-minutes.ts';
import { EntryView } from '../compare/entry-view.tsx';
import { fieldTitle } from '../compare/field-title.ts';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';

/** Exactly what saving would change, before it is saved: what goes struck out, what comes underlined. */
export function ReviewDialog({
  fields,
  version,
  isSaving,
  error,
  remark,
  onSave,
  onClose,
}: {
  readonly fields: readonly ComparedField[];
  /** That is changed. */
  readonly version: number;
  readonly isSaving: boolean;
  /** Why it could not be saved; null: nothing is known to stand in the way. */
  readonly error: unknown;
  /** What saving does besides. */
  readonly remark: string;
  readonly onSave: () => void;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  const changed = fields.filter(isDifferent);
  return (
    <ModalOverlay className="overlay" isOpen isDismissable={!isSaving} onOpenChange={onClose}>
      <Modal className="modal modal-wide">
        <Dialog className="dialog">
          <Heading slot="title" className="dialog-title">
            {m.reviewTitle(version)}
          </Heading>
          {changed.length === 0 ? (
            <p className="faint">{m.nothingChanged}</p>
          ) : (
            // It scrolls, so the keyboard must reach it.
            <div className="review" tabIndex={0} role="group" aria-label={m.changes}>
              {changed.map((field) => (
                <section key={`${field.field} ${field.section?.id ?? ''}`}>
                  <h3>{fieldTitle(field, m)}</h3>
                  <ul>
                    {field.rows.map((row, index) =>
                      row.kind === 'same' ? null : (
                        <li key={`${index} ${row.kind}`} className={`row row-${row.kind}`}>
                          <span className="row-kind">{m.rowKinds[row.kind]}</span>
                          <EntryView row={row} side="both" />
                        </li>
                      ),
                    )}
                  </ul>
                </section>
              ))}
            </div>
          )}
          <p className="faint">{remark}</p>
          {error !== null && <ProblemNotice error={error} />}
          <div className="dialog-end">
            <Button className="button" onPress={onClose} isDisabled={isSaving}>
              {m.keepEditing}
            </Button>
            <Button
              className="button primary"
              // Disabled while it saves, it would lose the focus, and with it the keys of the dialog.
              onPress={() => {
                if (!isSaving) onSave();
              }}
              isDisabled={changed.length === 0}
            >
              {isSaving ? m.saving : m.save}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
