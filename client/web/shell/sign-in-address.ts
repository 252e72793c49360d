/** What the address of the sign-in brings along. */
interface Brought {
  /** The secret of a link that somebody was sent, `#/sign-in?link=…`. */
  readonly link: string | null;
  /** Why a provider's sign-in came to nothing, `#/sign-in?problem=…`: a code that the page has words for, or not. */
  readonly problem: string | null;
}

/** It leaves the address at once, so that nobody reads it there. */
export function takeSignInAddress(): Brought {
  const [path, query = ''] = location.hash.slice(1).split('?');
  if (path !== '/sign-in') return { link: null, problem: null };
  const parameters = new URLSearchParams(query);
  const problem = parameters.get('problem');
  history.replaceState(null, '', '#/');
  // Who tries again is led to the same place; the router hears of it.
  if (problem !== null) location.replace(takeReturnAddress());
  return { link: parameters.get('link'), problem };
}

const KEY = 'hansard.return';

/** Keeps where one is, in this tab, until one is back from a provider. */
export function keepReturnAddress(): void {
  try {
    sessionStorage.setItem(KEY, location.hash);
  } catch {
    // Storage is forbidden: one comes back to the library.
  }
}

/** Whoever is back from a provider, and signed in, goes on where they were. Before the router reads the address. */
export function returnToAddress(): void {
  if (location.hash === '#/signed-in') history.replaceState(null, '', takeReturnAddress());
}

/** Begins with `#/`: it leads nowhere else. */
function takeReturnAddress(): string {
  try {
    const kept = sessionStorage.getItem(KEY) ?? '';
    sessionStorage.removeItem(KEY);
    return kept.startsWith('#/') ? kept : '#/';
  } catch {
    return '#/';
  }
}
