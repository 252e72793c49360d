import { useQuery } from '@tanstack/react-query';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import type { Worker } from './answers.ts';
import { Loaded, Nothing } from './loaded.tsx';
import { workersQuery } from './queries.ts';

/** The workers of the last minutes, and what each of them runs. */
export function WorkersView() {
  const { m } = useWording();
  const words = m.operations;
  const workers = useQuery(workersQuery);
  return (
    <section aria-labelledby="workers">
      <h2 className="section-title" id="workers">
        {words.workersSeen}
      </h2>
      <Loaded query={workers}>
        {({ workers: seen }) =>
          seen.length === 0 ? (
            <Nothing title={words.noWorkers} help={words.noWorkersHelp} />
          ) : (
            <>
              {new Set(seen.map(({ build }) => build)).size > 1 && (
                <Notice tone="info" title={words.severalBuilds} />
              )}
              <WorkerTable workers={seen} />
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function WorkerTable({ workers }: { readonly workers: readonly Worker[] }) {
  const { m, format } = useWording();
  const words = m.operations;
  return (
    <table className="records">
      <caption className="hidden">{words.workersSeen}</caption>
      <thead>
        <tr>
          <th scope="col">{words.worker}</th>
          <th scope="col">{words.build}</th>
          <th scope="col">{words.seen}</th>
          <th scope="col">{words.serves}</th>
        </tr>
      </thead>
      <tbody>
        {workers.map(({ identity, build, polledAt, queues }) => (
          <tr key={identity}>
            <td>
              <span className="record-name breakable">{identity}</span>
            </td>
            <td data-label={words.build}>
              <code className="breakable">{build === null ? words.unknown : short(build)}</code>
            </td>
            <td data-label={words.seen}>{format.ago(polledAt)}</td>
            <td data-label={words.serves}>{words.queuesOf(queues.length)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A build is named by the SDK with a digest of the code: `@temporalio/worker@1.24.0+424fb838…`. */
const short = (build: string): string => build.replace(/^.*@/, '').replace(/\+(\w{10})\w+$/, '+$1');
