import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useWording } from './language.tsx';

/** Says that there is no network; what was read stays, and is read anew when the network is back. */
export function OfflineBar() {
  const { m } = useWording();
  const isOnline = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
  return (
    <div role="status" className="offline-place">
      {!isOnline && <p className="offline">{m.offline}</p>}
    </div>
  );
}
