import { useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Job } from '../api/answers.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { useChange } from './use-change.ts';

/** Whether a person stands behind the minutes, and the decision of whoever may make it. */
export function ApprovalBar({ job, minutes }: { readonly job: Job; readonly minutes: Minutes }) {
  const { m, format } = useWording();
  const may = useMay();
  const change = useChange(job.id);
  const { approval, version } = minutes;
  if (approval === null) return null;
  if (approval.state === 'approved') {
    return <Notice tone="info" title={m.approvedBy(approval.by, format.moment(approval.at))} />;
  }
  const isReturned = approval.state === 'returned';
  return (
    <>
      <Notice
        tone="info"
        title={
          isReturned
            ? m.returnedBy(approval.by, format.moment(approval.at))
            : m.draftUntil(approval.asked, approval.until && format.moment(approval.until))
        }
        actions={
          may('jobs:approve') && (
            <>
              {!isReturned && (
                <Button
                  className="button primary"
                  isDisabled={change.isPending}
                  onPress={() => change.mutate({ route: 'approve', body: { version } })}
                >
                  {m.approveVersion(version)}
                </Button>
              )}
              {!isReturned && (
                <ReturnDialog
                  onReturn={(remark) =>
                    change.mutate({ route: 'return', body: { version, remark } })
                  }
                />
              )}
              {!isReturned && job.approval?.isExpired !== true && (
                <DelegateDialog
                  onDelegate={(to) => change.mutate({ route: 'delegate', body: { version, to } })}
                />
              )}
            </>
          )
        }
      >
        {isReturned && <blockquote>{approval.remark}</blockquote>}
        {isReturned && <p className="faint">{m.returnedHelp}</p>}
      </Notice>
      {change.isError && <ProblemNotice error={change.error} />}
    </>
  );
}

function ReturnDialog({ onReturn }: { readonly onReturn: (remark: string) => void }) {
  const { m } = useWording();
  const [remark, setRemark] = useState('');
  return (
    <DialogTrigger>
      <Button className="button">{m.return}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <form
                className="form"
                onSubmit={(event) => {
                  event.preventDefault();
                  onReturn(remark.trim());
                  close();
                }}
              >
                <Heading slot="title" className="dialog-title">
                  {m.returnTitle}
                </Heading>
                <TextField className="field" isRequired value={remark} onChange={setRemark}>
                  <Label>{m.remark}</Label>
                  <TextArea className="input" rows={4} maxLength={2_000} />
                </TextField>
                <div className="dialog-end">
                  <Button className="button" onPress={close}>
                    {m.cancel}
                  </Button>
                  <Button
                    type="submit"
                    className="button primary"
                    isDisabled={remark.trim() === ''}
                  >
                    {m.return}
                  </Button>
                </div>
              </form>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function DelegateDialog({ onDelegate }: { readonly onDelegate: (to: string) => void }) {
  const { m } = useWording();
  const [to, setTo] = useState('');
  return (
    <DialogTrigger>
      <Button className="button">{m.delegate}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <form
                className="form"
                onSubmit={(event) => {
                  event.preventDefault();
                  onDelegate(to.trim());
                  close();
                }}
              >
                <Heading slot="title" className="dialog-title">
                  {m.delegateTitle}
                </Heading>
                <TextField className="field" isRequired value={to} onChange={setTo} autoFocus>
                  <Label>{m.delegateTo}</Label>
                  <Input className="input" maxLength={100} />
                  <Text slot="description" className="field-help">
                    {m.delegateHelp}
                  </Text>
                </TextField>
                <div className="dialog-end">
                  <Button className="button" onPress={close}>
                    {m.cancel}
                  </Button>
                  <Button type="submit" className="button primary" isDisabled={to.trim() === ''}>
                    {m.delegate}
                  </Button>
                </div>
              </form>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
