import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Button,
  Checkbox,
  CheckboxGroup,
  Input,
  Label,
  Text,
  TextField,
} from 'react-aria-components';
import { Check } from 'lucide-react';
import { request } from '../api/request.ts';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { SecretNotice } from '../shell/secret-notice.tsx';
import type { Webhook, WebhookWithSecret } from './answers.ts';
import { webhooksQuery } from './queries.ts';

export const EVENTS = [
  'job.completed',
  'job.partial',
  'job.failed',
  'job.cancelled',
  'job.revised',
  'job.approved',
  'job.returned',
  'job.delegated',
  'job.reminded',
] as const satisfies readonly Webhook['events'][number][];

/** Has a server told of jobs, and shows once what its messages are signed with. */
export function NewWebhook() {
  const { m } = useWording();
  const words = m.operations;
  const client = useQueryClient();
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<string[]>(['job.completed', 'job.partial', 'job.failed']);
  const create = useMutation({
    mutationFn: () =>
      request<WebhookWithSecret>('POST', '/webhooks', { body: { url: url.trim(), events } }),
    onSuccess: () => {
      setUrl('');
      return client.invalidateQueries(webhooksQuery);
    },
  });
  return (
    <section className="card" aria-labelledby="new-webhook">
      <h2 id="new-webhook">{words.newWebhook}</h2>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextField className="field" type="url" value={url} onChange={setUrl} isRequired>
          <Label>{words.address}</Label>
          <Input
            className="input"
            maxLength={2_000}
            placeholder="https://hooks.example.com/hansard"
            spellCheck="false"
          />
          <Text slot="description" className="field-help">
            {words.addressHelp}
          </Text>
        </TextField>
        <EventChoice events={events} onChange={setEvents} />
        <div>
          <Button
            type="submit"
            className="button primary"
            isDisabled={create.isPending || url.trim() === '' || events.length === 0}
          >
            {words.makeWebhook}
          </Button>
        </div>
      </form>
      {create.isError && <ProblemNotice error={create.error} />}
      {create.data !== undefined && (
        <SecretNotice
          title={words.secretOf(create.data.url)}
          help={words.secretOnce}
          secret={create.data.secret}
          onClose={create.reset}
        />
      )}
    </section>
  );
}

function EventChoice({
  events,
  onChange,
}: {
  readonly events: string[];
  readonly onChange: (events: string[]) => void;
}) {
  const { m } = useWording();
  const words = m.operations;
  return (
    <CheckboxGroup className="field" value={events} onChange={onChange}>
      <Label>{words.events}</Label>
      <div className="checks">
        {EVENTS.map((event) => (
          <Checkbox key={event} value={event} className="check">
            <span className="check-box" aria-hidden>
              <Check />
            </span>
            {words.eventNames[event]}
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}
