import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { ProblemError } from '../api/problem.ts';
import type { Messages } from '../messages/en.ts';
import { useWording } from './language.tsx';

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert };

/** Something to know, with what to do about it. */
export function Notice({
  tone,
  title,
  children,
  actions,
}: {
  readonly tone: keyof typeof ICONS;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const Icon = ICONS[tone];
  return (
    <div className={`notice notice-${tone}`} role={tone === 'error' ? 'alert' : undefined}>
      <Icon aria-hidden className="notice-icon" />
      <div className="notice-body">
        <p className="notice-title">{title}</p>
        {children}
        {actions !== undefined && <div className="notice-actions">{actions}</div>}
      </div>
    </div>
  );
}

/** What failed, in the language of the page where we know it, and else in the gateway's words. */
export function ProblemNotice({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}) {
  const { m } = useWording();
  const { title, detail, requestId } = describeProblem(error, m);
  return (
    <Notice
      tone="error"
      title={title}
      actions={
        onRetry && (
          <Button className="button" onPress={onRetry}>
            {m.tryAgain}
          </Button>
        )
      }
    >
      {detail !== '' && <p lang="en">{detail}</p>}
      {requestId !== null && <p className="faint">{m.requestId(requestId)}</p>}
    </Notice>
  );
}

export function describeProblem(
  error: unknown,
  m: Messages,
): { readonly title: string; readonly detail: string; readonly requestId: string | null } {
  if (!(error instanceof ProblemError)) {
    return { title: m.problems.unknown, detail: '', requestId: null };
  }
  const known: Readonly<Record<string, string | undefined>> = m.problems;
  // A fault of ours is found by its request.
  const requestId = error.status >= 500 ? error.requestId : null;
  return { title: known[error.code] ?? m.problems.unknown, detail: error.message, requestId };
}
