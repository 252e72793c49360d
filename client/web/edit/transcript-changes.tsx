import './edit.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../api/answers.ts';
import { isProblem } from '../api/problem.ts';
import { transcriptQuery } from '../api/queries.ts';
import { compareSegments } from '../compare/compare-minutes.ts';
import { useChange } from '../job/use-change.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { ConflictNotice } from './conflict-notice.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { ReviewDialog } from './review-dialog.tsx';
import {
  correctedSegments,
  homeless,
  transcriptWith,
  type TranscriptDraft,
} from './transcript-draft.ts';

/** The corrections of a transcript that are not saved: how many, and what becomes of them. */
export function TranscriptChanges({
  draft,
  onDraft,
  minutes,
  names,
  onSaved,
}: {
  readonly draft: TranscriptDraft;
  readonly onDraft: (draft: TranscriptDraft | null) => void;
  /** As the job shows them. */
  readonly minutes: Minutes;
  readonly names: ReadonlyMap<string, string>;
  readonly onSaved: (change: Change) => void;
}) {
  const { m } = useWording();
  const { id } = minutes;
  const [isReviewing, setReviewing] = useState(false);
  const change = useChange(id);
  const base = useQuery(transcriptQuery(id, draft.version));
  const newer = useQuery(transcriptQuery(id, minutes.version));
  if (base.isError) {
    return <ProblemNotice error={base.error} onRetry={() => void base.refetch()} />;
  }
  if (base.data === undefined) return <p className="faint">{m.loading}</p>;
  const transcript = base.data;
  const lost = homeless(transcript, draft);
  const isOutdated = draft.version !== minutes.version;
  const save = (): void =>
    change.mutate(
      { route: 'edit', version: draft.version, body: transcriptWith(transcript, draft) },
      {
        onSuccess: (made) => {
          onDraft(null);
          onSaved(made);
        },
        onError: (error) => {
          if (isProblem(error, 'version_outdated')) setReviewing(false);
        },
      },
    );
  return (
    <div className="transcript-changes">
      <LeaveGuard isDirty />
      {isOutdated && (
        <ConflictNotice
          id={id}
          version={draft.version}
          shown={minutes.version}
          onRebase={
            newer.data === undefined ? null : () => onDraft({ ...draft, version: minutes.version })
          }
        />
      )}
      {lost.length > 0 && (
        <Notice tone="warning" title={m.homelessSegments}>
          <ul>
            {lost.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="editor-bar">
        <p className="editor-state" role="status">
          {m.segmentsCorrected(correctedSegments(transcript, draft))}
        </p>
        <ConfirmDialog
          title={m.discardTitle}
          text={m.discardHelp}
          confirm={m.discard}
          onConfirm={() => onDraft(null)}
        >
          <Button className="button">{m.discard}</Button>
        </ConfirmDialog>
        <Button
          className="button primary"
          isDisabled={isOutdated}
          onPress={() => setReviewing(true)}
        >
          {m.review}
        </Button>
      </div>
      {isReviewing && (
        <ReviewDialog
          fields={[
            compareSegments(transcript.segments, transcriptWith(transcript, draft).segments, {
              was: names,
              is: names,
            }),
          ]}
          version={draft.version}
          isSaving={change.isPending}
          error={change.error}
          remark={minutes.approval?.state === 'approved' ? m.editsApproved : m.transcriptHelp}
          onSave={save}
          onClose={() => {
            change.reset();
            setReviewing(false);
          }}
        />
      )}
    </div>
  );
}
