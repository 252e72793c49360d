import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { request } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { SecretNotice } from '../shell/secret-notice.tsx';
import type { Webhook, WebhookWithSecret } from './answers.ts';
import { webhookQuery, webhooksQuery } from './queries.ts';

/** What an admin can do with a webhook. */
export function WebhookActions({ webhook }: { readonly webhook: Webhook }) {
  const { m } = useWording();
  const words = m.operations;
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, disabledAt } = webhook;
  const refresh = () =>
    Promise.all([
      client.invalidateQueries(webhooksQuery),
      client.invalidateQueries({ queryKey: webhookQuery(id).queryKey }),
    ]);
  const change = useMutation({
    mutationFn: (disabled: boolean) =>
      request<Webhook>('PATCH', `/webhooks/${id}`, { body: { disabled } }),
    onSuccess: refresh,
  });
  const sendTest = useMutation({
    mutationFn: () => request('POST', `/webhooks/${id}/test`),
    onSuccess: refresh,
  });
  const rotate = useMutation({
    mutationFn: (keepHours: number) =>
      request<WebhookWithSecret>('POST', `/webhooks/${id}/rotate-secret`, { body: { keepHours } }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/webhooks/${id}`),
    onSuccess: async () => {
      await navigate({ to: '/operations/{-$section}', params: { section: 'webhooks' } });
      client.removeQueries({ queryKey: webhookQuery(id).queryKey });
      await client.invalidateQueries(webhooksQuery);
    },
  });
  const failed = [change, sendTest, rotate, remove].find(({ isError }) => isError);
  return (
    <div className="webhook-actions">
      <div className="button-row">
        {disabledAt === null ? (
          <>
            <Button
              className="button"
              isDisabled={sendTest.isPending}
              onPress={() => sendTest.mutate()}
            >
              {words.sendTest}
            </Button>
            <ConfirmDialog
              title={words.disableTitle}
              text={words.disabledHelp}
              confirm={words.disable}
              onConfirm={() => change.mutate(true)}
            >
              <Button className="button">{words.disable}</Button>
            </ConfirmDialog>
          </>
        ) : (
          <Button
            className="button"
            isDisabled={change.isPending}
            onPress={() => change.mutate(false)}
          >
            {words.enable}
          </Button>
        )}
        <RotateDialog onRotate={rotate.mutate} />
        <ConfirmDialog
          title={words.removeTitle}
          text={words.removeHelp}
          confirm={words.remove}
          onConfirm={() => remove.mutate()}
        >
          <Button className="button danger">{words.remove}</Button>
        </ConfirmDialog>
      </div>
      <div role="status">{sendTest.isSuccess && <p className="faint">{words.testSent}</p>}</div>
      {failed !== undefined && <ProblemNotice error={failed.error} />}
      {rotate.data !== undefined && (
        <SecretNotice
          title={words.secretOf(webhook.url)}
          help={words.secretOnce}
          secret={rotate.data.secret}
          onClose={rotate.reset}
        />
      )}
    </div>
  );
}

const KEEP_HOURS = ['24', '168', '1', '0'] as const;

function RotateDialog({ onRotate }: { readonly onRotate: (keepHours: number) => void }) {
  const { m } = useWording();
  const words = m.operations;
  const [keepHours, setKeepHours] = useState<string>('24');
  return (
    <DialogTrigger>
      <Button className="button">{words.rotate}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {words.rotateTitle}
                </Heading>
                <p>{words.rotateHelp}</p>
                <Choice
                  label={words.keepOld}
                  options={KEEP_HOURS.map((hours) => [hours, words.keepHours[hours]])}
                  value={keepHours}
                  onChange={setKeepHours}
                />
                <div className="dialog-end">
                  <Button className="button" onPress={close}>
                    {m.cancel}
                  </Button>
                  <Button
                    className="button primary"
                    onPress={() => {
                      onRotate(Number(keepHours));
                      close();
                    }}
                  >
                    {words.rotate}
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
