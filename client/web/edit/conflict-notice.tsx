import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import { versionsQuery } from '../api/queries.ts';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';

/** Says that somebody made a newer version than the one that is being edited, and that nothing is lost by it. */
export function ConflictNotice({
  id,
  version,
  shown,
  onRebase,
}: {
  readonly id: string;
  /** That the person began from. */
  readonly version: number;
  /** That the job shows by now. */
  readonly shown: number;
  /** Puts what they wrote on the newer version; null: it is still being read. */
  readonly onRebase: (() => void) | null;
}) {
  const { m, format } = useWording();
  const { data: versions = [] } = useQuery(versionsQuery(id));
  const newer = versions.find((one) => one.version === shown);
  return (
    <Notice
      tone="error"
      title={m.changedMeanwhile(
        shown,
        newer?.by ?? null,
        newer === undefined ? null : format.moment(newer.createdAt),
      )}
      actions={
        <>
          <Link
            className="button"
            to="/jobs/$id/compare"
            params={{ id }}
            search={{ left: version, right: shown }}
            target="_blank"
          >
            {m.seeWhatChanged}
          </Link>
          <Button
            className="button primary"
            isDisabled={onRebase === null}
            onPress={() => onRebase?.()}
          >
            {m.rebase(shown)}
          </Button>
        </>
      }
    >
      <p>{m.changedMeanwhileHelp}</p>
    </Notice>
  );
}
