import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { STATUS_FILTERS } from '../library/status-filter.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import type { Queue, Queues } from './answers.ts';
import { Loaded } from './loaded.tsx';
import { queuesQuery } from './queries.ts';
import { stateOfQueue } from './state-of-queue.ts';
import { WorkersView } from './workers-view.tsx';

/** How jobs stand, what waits for workers, and which workers there are. */
export function QueuesView() {
  const { m } = useWording();
  const may = useMay();
  const queues = useQuery(queuesQuery);
  return (
    <>
      <p className="lead">{m.operations.queuesHelp}</p>
      <Loaded query={queues}>
        {(found) => (
          <>
            <JobCounts jobs={found.jobs} />
            {found.temporal === 'fault' ? (
              <Notice tone="error" title={m.operations.temporalAway}>
                <p>{m.operations.temporalAwayHelp}</p>
              </Notice>
            ) : (
              <>
                <QueueTable queues={found.queues} />
                {may('workers:read') && <WorkersView />}
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function JobCounts({ jobs }: Pick<Queues, 'jobs'>) {
  const { m, format } = useWording();
  return (
    <section aria-labelledby="job-counts">
      <h2 className="section-title" id="job-counts">
        {m.operations.jobs}
      </h2>
      <ul className="counts">
        {STATUS_FILTERS.map((status) => (
          <li key={status}>
            <Link to="/" search={{ status }} className="job-count">
              <span className="job-count-number numbers">{format.number(jobs[status])}</span>{' '}
              <span>{m.statuses[status]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function QueueTable({ queues }: Pick<Queues, 'queues'>) {
  const { m } = useWording();
  const words = m.operations;
  return (
    <section aria-labelledby="queues">
      <h2 className="section-title" id="queues">
        {words.waitingQueues}
      </h2>
      <table className="records">
        <caption className="hidden">{words.waitingQueues}</caption>
        <thead>
          <tr>
            <th scope="col">{words.queue}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.backlog}</th>
            <th scope="col">{words.rate}</th>
            <th scope="col">{words.workers}</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.queue} queue={queue} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const TONES = { served: 'good', behind: 'warn', unserved: 'bad', idle: 'off' } as const;

function QueueRow({ queue }: { readonly queue: Queue }) {
  const { m, format } = useWording();
  const words = m.operations;
  const { stats } = queue;
  const state = stateOfQueue(queue);
  const names: Readonly<Record<string, string | undefined>> = words.queueNames;
  const help = words.queueHelp[state];
  return (
    <tr>
      <td>
        <span className="record-name">
          {queue.target === null
            ? (names[queue.queue] ?? queue.queue)
            : words.callsOf(queue.target)}
        </span>
        <code className="faint">{queue.queue}</code>
        {help !== '' && <p className="advice">{help}</p>}
      </td>
      <td data-label={words.state}>
        <span className={`mark mark-${TONES[state]}`}>{words.queueStates[state]}</span>
      </td>
      <td data-label={words.backlog} className="numbers">
        {stats === null ? words.unknown : format.number(stats.backlog)}
        {stats !== null && stats.backlog > 0 && (
          <span className="faint record-more">
            {words.oldest(format.length(stats.oldestSeconds))}
          </span>
        )}
      </td>
      <td data-label={words.rate} className="numbers">
        {stats === null
          ? words.unknown
          : words.rates(format.number(stats.addedPerSecond), format.number(stats.takenPerSecond))}
      </td>
      <td data-label={words.workers} className="numbers">
        {format.number(queue.workers)}
      </td>
    </tr>
  );
}
