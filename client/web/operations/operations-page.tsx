import './operations.css';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import { KeysView } from '../keys/keys-view.tsx';
import { useWording } from '../shell/language.tsx';
import { useTitle } from '../shell/use-title.ts';
import { Nothing } from './loaded.tsx';
import { QueuesView } from './queues-view.tsx';
import { RefusalsView } from './refusals-view.tsx';
import { SchedulesView } from './schedules-view.tsx';
import { sectionsOf, type SectionId } from './sections.ts';
import { TargetsView } from './targets-view.tsx';
import { WebhookView } from './webhook-view.tsx';
import { WebhooksView } from './webhooks-view.tsx';

const VIEWS: Readonly<Record<SectionId, () => ReactNode>> = {
  queues: QueuesView,
  targets: TargetsView,
  schedules: SchedulesView,
  webhooks: WebhooksView,
  refusals: RefusalsView,
  keys: KeysView,
};

/** One page of those who run the installation, below the links to the others. Nothing named: the first that one may see. */
export function OperationsPage({
  section,
  webhook,
}: {
  readonly section: string | undefined;
  /** The id of the one that is looked at. */
  readonly webhook?: string;
}) {
  const { m } = useWording();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const sections = sectionsOf(session.actions);
  const shown = sections.find((one) => one === section) ?? (section === undefined && sections[0]);
  useTitle(shown ? m.operations.sections[shown] : m.operations.title);
  const View = shown ? VIEWS[shown] : null;
  return (
    <main className="page operations" id="main" tabIndex={-1}>
      <nav className="sections" aria-label={m.operations.sectionsLabel}>
        {sections.map((one) => (
          <Link
            key={one}
            to="/operations/{-$section}"
            params={{ section: one }}
            className={one === shown ? 'active' : ''}
            aria-current={one === shown ? 'page' : undefined}
          >
            {m.operations.sections[one]}
          </Link>
        ))}
      </nav>
      {View === null ? (
        <Nothing title={m.operations.notForYou} help={m.operations.notForYouHelp} />
      ) : webhook !== undefined ? (
        <WebhookView key={webhook} id={webhook} />
      ) : (
        <>
          <h1 className="page-title">{shown && m.operations.sections[shown]}</h1>
          <View />
        </>
      )}
    </main>
  );
}
