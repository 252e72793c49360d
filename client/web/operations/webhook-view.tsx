import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { isProblem } from '../api/problem.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import type { Webhook } from './answers.ts';
import { DeliveriesView } from './deliveries-view.tsx';
import { Loaded } from './loaded.tsx';
import { webhookQuery } from './queries.ts';
import { WebhookActions } from './webhook-actions.tsx';
import { WebhookMark } from './webhooks-view.tsx';

/** One webhook: what it hears of, what can be done with it, and what became of its messages. */
export function WebhookView({ id }: { readonly id: string }) {
  const { m } = useWording();
  const words = m.operations;
  const webhook = useQuery(webhookQuery(id));
  return (
    <>
      <Link to="/operations/{-$section}" params={{ section: 'webhooks' }} className="back">
        <ArrowLeft aria-hidden />
        {words.backToWebhooks}
      </Link>
      {isProblem(webhook.error, 'webhook_not_found') ? (
        <Notice tone="warning" title={words.noSuchWebhook} />
      ) : (
        <Loaded query={webhook}>{(found) => <WebhookBody webhook={found} />}</Loaded>
      )}
    </>
  );
}

function WebhookBody({ webhook }: { readonly webhook: Webhook }) {
  const { m, format } = useWording();
  const words = m.operations;
  const may = useMay();
  const [openedAt] = useState(Date.now);
  return (
    <>
      <h1 className="page-title breakable">{webhook.url}</h1>
      <dl className="facts-list">
        <dt>{words.state}</dt>
        <dd>
          <WebhookMark webhook={webhook} />
        </dd>
        <dt>{words.events}</dt>
        <dd>{format.list(webhook.events.map((event) => words.eventNames[event]))}</dd>
        <dt>{words.made}</dt>
        <dd>{format.moment(webhook.createdAt)}</dd>
        <dt>{m.identifier}</dt>
        <dd>
          <code className="breakable">{webhook.id}</code>
        </dd>
      </dl>
      {webhook.disabledAt !== null && <p className="advice">{words.disabledHelp}</p>}
      {webhook.previousSecretEndsAt !== null &&
        Date.parse(webhook.previousSecretEndsAt) > openedAt && (
          <p className="advice">{words.bothSecrets(format.moment(webhook.previousSecretEndsAt))}</p>
        )}
      {may('webhooks:manage') && <WebhookActions webhook={webhook} />}
      <DeliveriesView webhook={webhook} />
    </>
  );
}
