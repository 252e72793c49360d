import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { Change } from '../api/answers.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';

/** What became of a change, and where to see what it changed. */
export function SavedNotice({
  id,
  change: { outcome, version, statements, statementsBefore },
  base,
  children,
  onClose,
}: {
  readonly id: string;
  readonly change: Change;
  /** The version that was changed. */
  readonly base: number;
  /** What else can be done now. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  return (
    <div role="status">
      <Notice
        tone="info"
        title={m.outcomes[outcome](version ?? 0)}
        actions={
          <>
            {version !== null && (
              <Link
                className="button"
                to="/jobs/$id/compare"
                params={{ id }}
                search={{ left: base, right: version }}
              >
                {m.compare}
              </Link>
            )}
            {children}
            <Button className="quiet" onPress={onClose}>
              <X aria-hidden />
              {m.close}
            </Button>
          </>
        }
      >
        {statements !== undefined && (
          <p>
            {m.verifiedNow(
              statements.verified,
              statements.all,
              statementsBefore?.verified ?? null,
              statementsBefore?.all ?? null,
            )}
          </p>
        )}
      </Notice>
    </div>
  );
}
