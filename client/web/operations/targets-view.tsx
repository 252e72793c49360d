import { useQuery } from '@tanstack/react-query';
import { useWording } from '../shell/language.tsx';
import { useMay } from '../shell/session.ts';
import type { Queue, Target, Targets, Traffic } from './answers.ts';
import { Loaded } from './loaded.tsx';
import { queuesQuery, targetsQuery, trafficQuery } from './queries.ts';

/** The models of each role, their gates, and how their calls fare. */
export function TargetsView() {
  const { m } = useWording();
  const may = useMay();
  const targets = useQuery(targetsQuery);
  const mayCount = may('queues:read');
  // The page is of use without either.
  const { data: traffic = [] } = useQuery({ ...trafficQuery, enabled: mayCount });
  const { data: queues } = useQuery({ ...queuesQuery, enabled: mayCount });
  return (
    <>
      <p className="lead">{m.operations.targetsHelp}</p>
      <Loaded query={targets}>
        {(found) =>
          rolesOf(found).map((role) => (
            <RoleSection
              key={role}
              role={role}
              targets={found.targets.filter((one) => one.role === role)}
              skipped={found.skipped.filter((one) => one.role === role)}
              traffic={traffic}
              queues={queues?.queues ?? []}
            />
          ))
        }
      </Loaded>
    </>
  );
}

type Role = Target['role'];

/** Of a job, whether or not there is one; a job without voices told apart is complete. */
const NEEDED: readonly Role[] = ['transcribe', 'diarize', 'summarize', 'illustrate', 'moderate'];
const OTHERS: readonly Role[] = ['classify', 'generate', 'embed'];

const rolesOf = ({ targets, skipped }: Targets): readonly Role[] => [
  ...NEEDED,
  ...OTHERS.filter((role) => [...targets, ...skipped].some((one) => one.role === role)),
];

function RoleSection({
  role,
  targets,
  skipped,
  traffic,
  queues,
}: {
  readonly role: Role;
  readonly targets: readonly Target[];
  readonly skipped: Targets['skipped'];
  readonly traffic: readonly Traffic[];
  readonly queues: readonly Queue[];
}) {
  const { m, format } = useWording();
  const words = m.operations;
  return (
    <section aria-labelledby={`role-${role}`}>
      <h2 className="section-title" id={`role-${role}`}>
        {words.roleNames[role]}
      </h2>
      {targets.length === 0 ? (
        <p className="faint">{words.noTarget}</p>
      ) : (
        <table className="records targets">
          <caption className="hidden">{words.roleNames[role]}</caption>
          <thead>
            <tr>
              <th scope="col">{words.target}</th>
              <th scope="col">{words.gate}</th>
              <th scope="col">{words.calls}</th>
              <th scope="col">{words.limits}</th>
            </tr>
          </thead>
          <tbody>
            {targets.map((target) => (
              <TargetRow
                key={target.target}
                target={target}
                traffic={traffic.find((one) => one.target === target.target)}
                queue={queues.find((one) => one.target === target.target)}
              />
            ))}
          </tbody>
        </table>
      )}
      {skipped.length > 0 && (
        <p className="faint skipped">
          {words.skipped(format.list(skipped.map(({ target }) => target)))}
        </p>
      )}
    </section>
  );
}

const TONES = { open: 'good', closed: 'bad', half_open: 'warn', unknown: 'off' } as const;

function TargetRow({
  target,
  traffic,
  queue,
}: {
  readonly target: Target;
  readonly traffic: Traffic | undefined;
  readonly queue: Queue | undefined;
}) {
  const { m, format } = useWording();
  const words = m.operations;
  const { gate } = target;
  const help = useGateHelp(gate);
  const limits = [
    words.perWorker(target.concurrency),
    ...(target.requestsPerMinute === null
      ? []
      : [words.perMinute(format.number(target.requestsPerMinute))]),
    words.tokens(target.tokens),
    ...(target.coldStart ? [words.coldStart] : []),
  ];
  return (
    <tr>
      <td>
        <span className="record-name">{target.target}</span>
        <code className="faint">{target.model}</code>
        {help !== '' && <p className="advice">{help}</p>}
        {traffic !== undefined && <LastFailure traffic={traffic} />}
      </td>
      <td data-label={words.gate}>
        <span className={`mark mark-${TONES[gate.state]}`}>{words.gateStates[gate.state]}</span>
      </td>
      <td data-label={words.calls} className="numbers">
        {traffic === undefined ? (
          words.unknown
        ) : (
          <>
            {words.underWay(traffic.underWay, target.concurrency, queue?.workers ?? 0)}
            <span className="faint record-more">
              {words.lastHour(traffic.answered, traffic.failed)}
            </span>
            {(queue?.stats?.backlog ?? 0) > 0 && (
              <span className="faint record-more">
                {words.waitingCalls(queue?.stats?.backlog ?? 0)}
              </span>
            )}
          </>
        )}
      </td>
      <td data-label={words.limits}>
        <ul className="limits">
          {limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

/** What a gate that is not open means, in plain words. */
function useGateHelp({ state, reason, closedForMs }: Target['gate']): string {
  const { m, format } = useWording();
  const words = m.operations;
  if (state === 'unknown') return words.gateUnknown;
  if (reason === null) return '';
  const why = words.gateReasons[reason];
  return state === 'closed'
    ? words.gateClosed(why, format.length(closedForMs / 1_000))
    : words.gateTrying(why);
}

/** Where the last call failed, it is a warning; where calls were answered since, it is history. */
function LastFailure({
  traffic: { failedAt, answeredAt, failure },
}: {
  readonly traffic: Traffic;
}) {
  const { m, format } = useWording();
  const words = m.operations;
  if (failedAt === null) return null;
  const isNow = answeredAt === null || answeredAt < failedAt;
  const why = failure === null ? words.failureUnknown : words.failures[failure];
  return (
    <p className={isNow ? 'advice advice-warning' : 'advice'}>
      {isNow
        ? words.failingNow(format.ago(failedAt), why)
        : words.failedBefore(format.ago(failedAt), why)}
    </p>
  );
}
