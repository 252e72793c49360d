import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Key, MadeKey } from '../api/answers.ts';
import { keysQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { SecretNotice } from '../shell/secret-notice.tsx';
import { EXPIRIES } from './expiries.ts';

/** Makes the second key of a name, and shows it once. The first one works until it is revoked. */
export function ReplaceKey({ facts: { name, role } }: { readonly facts: Key }) {
  const { m } = useWording();
  const words = m.operations;
  const client = useQueryClient();
  const [expires, setExpires] = useState<string>('90d');
  const create = useMutation({
    mutationFn: () =>
      request<MadeKey>('POST', '/keys', {
        body: { name, role, ...(expires !== '' && { expires }) },
      }),
  });
  // The row has no such button once the list has the second key: it is read anew when the dialog is done.
  const refresh = (): void => {
    if (!create.isIdle) void client.invalidateQueries(keysQuery);
  };
  return (
    <DialogTrigger
      onOpenChange={(isOpen) => {
        if (!isOpen) refresh();
      }}
    >
      <Button className="quiet" aria-label={words.replaceOf(name)}>
        {words.replaceKey}
      </Button>
      <ModalOverlay className="overlay" isDismissable={create.data === undefined}>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {words.replaceTitle(name)}
                </Heading>
                <p>{words.replaceHelp}</p>
                {create.isError && <ProblemNotice error={create.error} />}
                {create.data === undefined ? (
                  <>
                    <Choice
                      label={m.expires}
                      options={EXPIRIES.map((id) => [id, m.expiries[id]])}
                      value={expires}
                      onChange={setExpires}
                    />
                    <div className="dialog-end">
                      <Button className="button" onPress={close}>
                        {m.cancel}
                      </Button>
                      <Button
                        className="button primary"
                        isDisabled={create.isPending}
                        onPress={() => create.mutate()}
                      >
                        {words.makeSecond}
                      </Button>
                    </div>
                  </>
                ) : (
                  <SecretNotice
                    title={m.keyMade(name)}
                    help={m.keyOnce}
                    secret={create.data.key}
                    onClose={close}
                  />
                )}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
