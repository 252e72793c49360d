import { useState } from 'react';
import { useOwner } from '../shell/session.ts';
import { readDraft, writeDraft, type DraftPlace } from './kept-drafts.ts';

/** What somebody is writing of a job; null: nothing. It is kept when the page is loaded again. */
export function useDraft<T extends object>(job: string, kind: DraftPlace['kind']) {
  const place: DraftPlace = { owner: useOwner(), job, kind };
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
