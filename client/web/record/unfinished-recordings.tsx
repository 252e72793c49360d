import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import { heldIds } from '../kept/hold.ts';
import { kept, type KeptRecording } from '../kept/kept.ts';
import { extentOf, type Extent } from '../kept/kept-sound.ts';
import { useCell } from '../shell/cell.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { useOwner } from '../shell/session.ts';
import { hindrance } from './microphone.ts';
import { finishRecording, goOn, recordingCell, throwAway } from './recording.ts';

/** Recordings of a tab that was closed: to make minutes of, to go on with, or to throw away. */
export function UnfinishedRecordings() {
  const { m, format } = useWording();
  const owner = useOwner();
  const navigate = useNavigate();
  const { phase } = useCell(recordingCell);
  const unfinished = useQuery({
    queryKey: ['unfinished-recordings', owner, phase],
    queryFn: () => unfinishedOf(owner),
    enabled: hindrance() === null,
    // Of this browser: without a network, too.
    networkMode: 'always',
  });
  // One at a time.
  if (phase !== 'none') return null;
  const toRecording = (): void => void navigate({ to: '/record' });
  return (unfinished.data ?? []).map(({ recording, seconds }) => (
    <Notice
      key={recording.id}
      tone="warning"
      title={m.unfinished(format.length(seconds), format.moment(recording.startedAt))}
      actions={
        <>
          <Button
            className="button primary"
            onPress={() => {
              toRecording();
              void finishRecording(recording);
            }}
          >
            {m.makeMinutes(1)}
          </Button>
          <Button
            className="button"
            onPress={() => {
              toRecording();
              void goOn(recording);
            }}
          >
            {m.goOnRecording}
          </Button>
          <ConfirmDialog
            title={m.throwAwayTitle}
            text={m.throwAwayHelp}
            confirm={m.throwAway}
            onConfirm={() => void throwAway(recording).then(() => unfinished.refetch())}
          >
            <Button className="quiet">{m.throwAway}</Button>
          </ConfirmDialog>
        </>
      }
    >
      {recording.title !== '' && <p>{recording.title}</p>}
    </Notice>
  ));
}

/** Those that go on, here or in another tab, are not unfinished. */
async function unfinishedOf(
  owner: string,
): Promise<readonly (Extent & { readonly recording: KeptRecording })[]> {
  const [all, held] = await Promise.all([
    kept().then((database) => database.getAll('recordings')),
    heldIds(),
  ]);
  const mine = all.filter((recording) => recording.owner === owner && !held.has(recording.id));
  const measured = await Promise.all(
    mine.map(async (recording) => ({ recording, ...(await extentOf(recording.id)) })),
  );
  return measured.filter(({ bytes }) => bytes > 0);
}
