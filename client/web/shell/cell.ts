import { useSyncExternalStore } from 'react';

/** A value that goes on while pages come and go. */
export interface Cell<T> {
  readonly read: () => T;
  readonly set: (value: T) => void;
  readonly subscribe: (changed: () => void) => () => void;
}

export function createCell<T>(first: T): Cell<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    read: () => value,
    set: (next) => {
      value = next;
      for (const changed of listeners) changed();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

export const useCell = <T>({ subscribe, read }: Cell<T>): T =>
  useSyncExternalStore(subscribe, read);
