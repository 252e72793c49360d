import { Button } from 'react-aria-components';
import { ProblemError } from '../api/problem.ts';
import type { KeptRecording } from '../kept/kept.ts';
import { useCell } from '../shell/cell.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { finishRecording, goOn, meterCell, setAside } from './recording.ts';
import { fileOf } from './send-recording.ts';

/** What failed, with every way to go on: nothing that was recorded is lost. */
export function RecordingFailure({
  recording,
  error,
}: {
  readonly recording: KeptRecording;
  readonly error: unknown;
}) {
  const { m } = useWording();
  const { bytes } = useCell(meterCell);
  const known: Readonly<Record<string, { title: string; help: string } | undefined>> =
    m.recordFailures;
  const told = (error instanceof Error ? known[error.name] : undefined) ?? known['unknown'];
  return (
    <>
      {error instanceof ProblemError || told === undefined ? (
        <ProblemNotice error={error} />
      ) : (
        <Notice tone="error" title={told.title}>
          <p>{told.help}</p>
        </Notice>
      )}
      <div className="record-buttons">
        {bytes > 0 ? (
          <>
            <Button className="button primary" onPress={() => void finishRecording(recording)}>
              {m.tryAgain}
            </Button>
            <Button className="button" onPress={() => void saveFile(recording)}>
              {m.saveRecording}
            </Button>
          </>
        ) : (
          <Button className="button primary" onPress={() => void goOn(recording)}>
            {m.tryAgain}
          </Button>
        )}
        <Button className="quiet" onPress={() => void setAside()}>
          {m.later}
        </Button>
      </div>
    </>
  );
}

/** Saves it where this device keeps files. */
async function saveFile(recording: KeptRecording): Promise<void> {
  const file = await fileOf(recording);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
