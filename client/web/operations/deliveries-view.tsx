import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { request } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import type { Delivery, Webhook } from './answers.ts';
import { Loaded, Nothing } from './loaded.tsx';
import { deliveriesQuery, webhookQuery } from './queries.ts';

const STATES = ['waiting', 'delivered', 'dead'] as const satisfies readonly Delivery['state'][];
const TONES = { waiting: 'going', delivered: 'good', dead: 'bad' } as const;

/** The messages to a webhook, how often each was tried, and what its server answered. */
export function DeliveriesView({ webhook }: { readonly webhook: Webhook }) {
  const { m } = useWording();
  const words = m.operations;
  const [state, setState] = useState<Delivery['state'] | undefined>();
  const pages = useInfiniteQuery({
    ...deliveriesQuery(webhook.id, state),
    placeholderData: keepPreviousData,
  });
  return (
    <section aria-labelledby="deliveries">
      <div className="section-head">
        <h2 className="section-title" id="deliveries">
          {words.deliveries}
        </h2>
        <Choice
          label={words.deliveryState}
          isLabelHidden
          options={[
            ['', words.everyDelivery],
            ...STATES.map((one) => [one, words.deliveryStates[one]] as const),
          ]}
          value={state ?? ''}
          onChange={(id) => setState(STATES.find((one) => one === id))}
        />
      </div>
      <Loaded query={pages}>
        {({ pages: found }) => {
          const deliveries = found.flatMap((page) => page.deliveries);
          if (deliveries.length === 0) {
            return (
              <Nothing
                title={state === undefined ? words.noDeliveries : words.noDeliveriesOfState}
                help={words.noDeliveriesHelp}
              />
            );
          }
          return (
            <>
              <DeliveryTable webhook={webhook} deliveries={deliveries} />
              {pages.hasNextPage && (
                <Button
                  className="button more"
                  isDisabled={pages.isFetchingNextPage}
                  onPress={() => void pages.fetchNextPage()}
                >
                  {m.showMore}
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function DeliveryTable({
  webhook,
  deliveries,
}: {
  readonly webhook: Webhook;
  readonly deliveries: readonly Delivery[];
}) {
  const { m } = useWording();
  const words = m.operations;
  const may = useMay();
  const mayReplay = may('webhooks:manage') && webhook.disabledAt === null;
  return (
    <table className="records">
      <caption className="hidden">{words.deliveries}</caption>
      <thead>
        <tr>
          <th scope="col">{words.event}</th>
          <th scope="col">{words.deliveryState}</th>
          <th scope="col">{words.tries}</th>
          <th scope="col">{words.answer}</th>
          <th scope="col">{words.sentAt}</th>
          {mayReplay && (
            <th scope="col">
              <span className="hidden">{words.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <DeliveryRow
            key={delivery.id}
            webhookId={webhook.id}
            delivery={delivery}
            mayReplay={mayReplay}
          />
        ))}
      </tbody>
    </table>
  );
}

function DeliveryRow({
  webhookId,
  delivery,
  mayReplay,
}: {
  readonly webhookId: string;
  readonly delivery: Delivery;
  readonly mayReplay: boolean;
}) {
  const { m, format } = useWording();
  const words = m.operations;
  const { event, job, state, tries, replays, lastStatus, lastError, nextAt, createdAt } = delivery;
  const answer = [lastStatus === null ? null : String(lastStatus), lastError].filter(Boolean);
  return (
    <tr>
      <td>
        {job === null ? (
          <span className="record-name">{words.eventNames[event]}</span>
        ) : (
          <Link to="/jobs/$id" params={{ id: job }} className="record-name">
            {words.eventNames[event]}
          </Link>
        )}
        <code className="faint">{event}</code>
      </td>
      <td data-label={words.deliveryState}>
        <span className={`mark mark-${TONES[state]}`}>{words.deliveryStates[state]}</span>
      </td>
      <td data-label={words.tries} className="numbers">
        {words.triesOf(tries, replays)}
        {nextAt !== null && state === 'waiting' && (
          <span className="faint record-more">{words.nextTry(format.ago(nextAt))}</span>
        )}
      </td>
      <td data-label={words.answer}>
        {answer.length === 0 ? (
          <span className="faint">{words.noAnswer}</span>
        ) : (
          <span lang="en">{answer.join(' · ')}</span>
        )}
      </td>
      <td data-label={words.sentAt} className="record-when">
        <time dateTime={createdAt}>{format.moment(createdAt)}</time>
      </td>
      {mayReplay && (
        <td className="record-actions">
          {state !== 'waiting' && <Replay webhookId={webhookId} delivery={delivery} />}
        </td>
      )}
    </tr>
  );
}

function Replay({
  webhookId,
  delivery: { id, event, createdAt },
}: {
  readonly webhookId: string;
  readonly delivery: Delivery;
}) {
  const { m, format } = useWording();
  const words = m.operations;
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => request('POST', `/webhooks/${webhookId}/deliveries/${id}/replay`),
    onSettled: () => client.invalidateQueries({ queryKey: webhookQuery(webhookId).queryKey }),
  });
  return (
    <>
      <Button
        className="quiet"
        isDisabled={replay.isPending}
        aria-label={words.replayOf(words.eventNames[event], format.moment(createdAt))}
        onPress={() => replay.mutate()}
      >
        {words.replay}
      </Button>
      {replay.isError && <ProblemNotice error={replay.error} />}
    </>
  );
}
