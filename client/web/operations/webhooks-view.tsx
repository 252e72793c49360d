import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useWording } from '../shell/language.tsx';
import { useMay } from '../shell/session.ts';
import type { Webhook } from './answers.ts';
import { Loaded, Nothing } from './loaded.tsx';
import { EVENTS, NewWebhook } from './new-webhook.tsx';
import { webhooksQuery } from './queries.ts';

/** The servers that are told of the tenant's jobs. */
export function WebhooksView() {
  const { m } = useWording();
  const words = m.operations;
  const may = useMay();
  const webhooks = useQuery(webhooksQuery);
  const mayManage = may('webhooks:manage');
  return (
    <>
      <p className="lead">{words.webhooksHelp}</p>
      {mayManage && <NewWebhook />}
      <Loaded query={webhooks}>
        {(found) =>
          found.length === 0 ? (
            <Nothing
              title={words.noWebhooks}
              help={mayManage ? words.noWebhooksHelp : words.noWebhooksReader}
            />
          ) : (
            <WebhookTable webhooks={found} />
          )
        }
      </Loaded>
    </>
  );
}

function WebhookTable({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const { m, format } = useWording();
  const words = m.operations;
  return (
    <table className="records">
      <caption className="hidden">{words.sections.webhooks}</caption>
      <thead>
        <tr>
          <th scope="col">{words.address}</th>
          <th scope="col">{words.events}</th>
          <th scope="col">{words.made}</th>
          <th scope="col">{words.state}</th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => (
          <tr key={webhook.id}>
            <td>
              <Link
                to="/operations/webhooks/$id"
                params={{ id: webhook.id }}
                className="record-name breakable"
              >
                {webhook.url}
              </Link>
            </td>
            <td data-label={words.events}>
              {words.eventsOf(webhook.events.length, EVENTS.length)}
            </td>
            <td data-label={words.made}>{format.day(webhook.createdAt)}</td>
            <td data-label={words.state}>
              <WebhookMark webhook={webhook} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function WebhookMark({ webhook: { disabledBy } }: { readonly webhook: Webhook }) {
  const { m } = useWording();
  const words = m.operations;
  if (disabledBy === null) return <span className="mark mark-good">{words.enabled}</span>;
  return (
    <span className={`mark mark-${disabledBy === 'endpoint' ? 'warn' : 'off'}`}>
      {disabledBy === 'endpoint' ? words.disabledByEndpoint : words.disabledByPerson}
    </span>
  );
}
