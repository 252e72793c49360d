import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { readDraft, writeDraft, type DraftPlace } from './kept-drafts.ts';

/** What somebody is writing of a job; null: nothing. It is kept when the page is loaded again. */
export function useDraft<T extends object>(job: string, kind: DraftPlace['kind']) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const place: DraftPlace = { tenant: session.tenant, name: session.name, job, kind };
  const [draft, setDraft] = useState((): T | null => {
    const kept = readDraft(place);
    return kept === null ? null : JSON.parse(kept);
  });
  const keep = (next: T | null): void => {
    writeDraft(place, next);
    setDraft(next);
  };
  return [draft, keep] as const;
}
