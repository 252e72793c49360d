import { ProblemNotice } from './notice.tsx';

/** A page that could not be fetched: there is no network, or the gateway has a newer one. Loading all anew helps. */
export function BrokenPage({ error }: { readonly error: unknown }) {
  return (
    <main className="page" id="main" tabIndex={-1}>
      <ProblemNotice error={error} onRetry={() => location.reload()} />
    </main>
  );
}
