import { useBlocker } from '@tanstack/react-router';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';

/** Warns before somebody leaves what they have not saved; where they go all the same, it is kept for them. */
export function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const { m } = useWording();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={blocker.reset}>
      <Modal className="modal">
        <Dialog className="dialog" role="alertdialog">
          <Heading slot="title" className="dialog-title">
            {m.leaveTitle}
          </Heading>
          <p>{m.leaveDraftHelp}</p>
          <div className="dialog-end">
            <Button className="button" onPress={blocker.proceed}>
              {m.leave}
            </Button>
            <Button className="button primary" onPress={blocker.reset} autoFocus>
              {m.stay}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
