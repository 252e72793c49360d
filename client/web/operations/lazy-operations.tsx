import { lazy, Suspense } from 'react';
import { useWording } from '../shell/language.tsx';

const OperationsPage = lazy(async () => ({
  default: (await import('./operations-page.tsx')).OperationsPage,
}));

/** The page of those who run the installation, which others do not fetch. */
export function LazyOperations(shown: {
  readonly section: string | undefined;
  readonly webhook?: string;
}) {
  const { m } = useWording();
  return (
    <Suspense
      fallback={
        <main className="page" id="main" tabIndex={-1} aria-busy>
          <p className="faint">{m.loading}</p>
        </main>
      }
    >
      <OperationsPage {...shown} />
    </Suspense>
  );
}
