import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';
import { describeProblem, Notice, ProblemNotice } from '../shell/notice.tsx';

/** As much of a query as is needed here. */
interface Loading<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** What a query found, while it is refreshed too; before that what is on its way, or why it does not come. */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: Loading<T>;
  readonly children: (found: T) => ReactNode;
}) {
  const { m } = useWording();
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    if (query.error !== null) return <ProblemNotice error={query.error} onRetry={retry} />;
    return (
      <div className="skeleton" role="status" aria-label={m.loading}>
        {[1, 2, 3, 4].map((row) => (
          <span key={row} className="skeleton-row" />
        ))}
      </div>
    );
  }
  return (
    <>
      {query.error !== null && (
        <Notice
          tone="warning"
          title={m.operations.outdated}
          actions={
            <Button className="button" onPress={retry}>
              {m.tryAgain}
            </Button>
          }
        >
          <p>{describeProblem(query.error, m).title}</p>
        </Notice>
      )}
      {children(query.data)}
    </>
  );
}

/** That there is nothing, and what to do about it. */
export function Nothing({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{help}</p>
      {children}
    </div>
  );
}
