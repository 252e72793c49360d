import { useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { FIRST_OPTIONS, type MinutesOptions } from './minutes-options.ts';
import { OptionsFields } from './options-fields.tsx';
import { MOST_BYTES } from './send-file.ts';

/** What minutes the chosen recordings become. Nothing was sent yet. */
export function SubmitDialog({
  files,
  onClose,
  onSubmit,
}: {
  readonly files: readonly File[];
  readonly onClose: () => void;
  readonly onSubmit: (files: readonly File[], options: MinutesOptions) => void;
}) {
  const { m, format } = useWording();
  const [options, setOptions] = useState(FIRST_OPTIONS);
  const fitting = files.filter(({ size }) => size > 0 && size <= MOST_BYTES);
  const tooLarge = files.filter(({ size }) => size > MOST_BYTES);
  const empty = files.filter(({ size }) => size === 0);
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={onClose}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title" className="dialog-title">
            {m.newMinutes(files.length)}
          </Heading>
          <ul className="chosen">
            {fitting.map((file) => (
              <li key={file.name}>
                <span className="chosen-name">{file.name}</span>
                <span className="faint numbers">{format.bytes(file.size)}</span>
              </li>
            ))}
          </ul>
          {tooLarge.map(({ name, size }) => (
            <Notice key={name} tone="warning" title={m.tooLarge(name, format.bytes(size))}>
              <p>{m.tooLargeHelp(format.bytes(MOST_BYTES))}</p>
            </Notice>
          ))}
          {empty.map(({ name }) => (
            <Notice key={name} tone="warning" title={m.emptyFile(name)} />
          ))}
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit(fitting, options);
            }}
          >
            <OptionsFields options={options} onChange={setOptions} />
            <div className="dialog-end">
              <Button className="button" onPress={onClose}>
                {m.cancel}
              </Button>
              <Button type="submit" className="button primary" isDisabled={fitting.length === 0}>
                {m.makeMinutes(fitting.length)}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
