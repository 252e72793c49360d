import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 900px)');

/** Whether there is room for one column only. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => query.matches,
  );
