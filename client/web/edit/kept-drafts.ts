/**
 * What somebody has written and not saved, kept in this tab of the browser until they save it, throw it away, or sign out.
 * Without storage, it lasts as long as the page.
 */

/** Whose draft it is, and of what: nobody else who signs in here sees it. */
export interface DraftPlace {
  readonly owner: string;
  readonly job: string;
  readonly kind: 'minutes' | 'transcript';
}

const PREFIX = 'hansard.draft ';

const keyOf = ({ owner, job, kind }: DraftPlace): string =>
  PREFIX + JSON.stringify([owner, job, kind]);

/** The draft as JSON, as this page wrote it; null: there is none. */
export function readDraft(place: DraftPlace): string | null {
  try {
    return sessionStorage.getItem(keyOf(place));
  } catch {
    return null;
  }
}

export function writeDraft(place: DraftPlace, draft: object | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(keyOf(place));
    else sessionStorage.setItem(keyOf(place), JSON.stringify(draft));
  } catch {
    // Storage is full, or forbidden.
  }
}

/** Of everybody, in this tab. */
export function forgetDrafts(): void {
  try {
    const keys = Array.from({ length: sessionStorage.length }, (_, index) =>
      sessionStorage.key(index),
    );
    for (const key of keys) if (key?.startsWith(PREFIX) === true) sessionStorage.removeItem(key);
  } catch {
    // Forbidden: then nothing was kept.
  }
}
