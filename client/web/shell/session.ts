import { useSuspenseQuery } from '@tanstack/react-query';
import type { Action } from '../../gateway/policy.ts';
import { sessionQuery } from '../api/queries.ts';
import { ownerOf } from '../kept/owner-of.ts';

/** Whether whoever is signed in may do this; the gateway decides again. */
export function useMay(): (action: Action) => boolean {
  const { data } = useSuspenseQuery(sessionQuery);
  return (action) => data.actions.includes(action);
}

/** Whose things they are that this browser keeps: others who sign in here do not see them. */
export function useOwner(): string {
  const { data } = useSuspenseQuery(sessionQuery);
  return ownerOf(data);
}
