import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWording } from './language.tsx';

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  title,
  text,
  confirm,
  onConfirm,
  children,
}: {
  readonly title: string;
  readonly text: string;
  /** What the button says. */
  readonly confirm: string;
  readonly onConfirm: () => void;
  /** The button that opens it. */
  readonly children: ReactNode;
}) {
  const { m } = useWording();
  return (
    <DialogTrigger>
      {children}
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog" role="alertdialog">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {title}
                </Heading>
                <p>{text}</p>
                <div className="dialog-end">
                  <Button className="button" onPress={close}>
                    {m.cancel}
                  </Button>
                  <Button
                    className="button danger"
                    onPress={() => {
                      onConfirm();
                      close();
                    }}
                  >
                    {confirm}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
