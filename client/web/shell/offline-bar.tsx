import { onlineManager, useQueryClient, type Query } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { ProblemError } from '../api/problem.ts';
import { useWording } from './language.tsx';

/** Says that there is no network, or no gateway; what was read stays, and is read anew when it is back. */
export function OfflineBar() {
  const { m, format } = useWording();
  const isOnline = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
  const staleSince = useStaleSince();
  return (
    <div role="status" className="offline-place">
      {!isOnline ? (
        <p className="offline">{m.offline}</p>
      ) : (
        staleSince !== null && (
          <p className="offline">
            {m.gatewayDown(format.moment(new Date(staleSince).toISOString()))}
          </p>
        )
      )}
    </div>
  );
}

/** Milliseconds between two tries to reach a gateway that did not answer. */
const TRY_AGAIN_MS = 5_000;

/**
 * When the oldest of what is shown was read, in milliseconds since 1970, while the gateway does not answer; null: it does, or
 * nothing is shown. It is asked again until it answers.
 */
function useStaleSince(): number | null {
  const client = useQueryClient();
  const staleSince = useSyncExternalStore(
    (changed) => client.getQueryCache().subscribe(changed),
    () => {
      const times = client
        .getQueryCache()
        .findAll({ predicate: isUnanswered })
        .map(({ state }) => state.dataUpdatedAt);
      return times.length === 0 ? null : Math.min(...times);
    },
  );
  const isDown = staleSince !== null;
  useEffect(() => {
    if (!isDown) return;
    const timer = setInterval(
      () => void client.refetchQueries({ predicate: isUnanswered }),
      TRY_AGAIN_MS,
    );
    return () => clearInterval(timer);
  }, [client, isDown]);
  return staleSince;
}

/** It is shown as it was, because nobody answered when it was to be read anew. A proxy answers for a gateway that is down. */
const isUnanswered = (query: Query): boolean =>
  query.isActive() &&
  query.state.data !== undefined &&
  query.state.error instanceof ProblemError &&
  [0, 502, 503, 504].includes(query.state.error.status);
