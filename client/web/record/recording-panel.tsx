import { Pause, Play, Square } from 'lucide-react';
import { Button, Meter as LevelMeter, ProgressBar } from 'react-aria-components';
import { useCell } from '../shell/cell.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import { Meter } from '../shell/meter.tsx';
import { Notice } from '../shell/notice.tsx';
import type { KeptRecording } from '../kept/kept.ts';
import { OptionsFields } from '../upload/options-fields.tsx';
import { RecordingFailure } from './recording-failure.tsx';
import {
  describeRecording,
  finishRecording,
  meterCell,
  pauseRecording,
  resumeRecording,
  throwAway,
  type Recording,
} from './recording.ts';
import { TitleField } from './start-form.tsx';

/** The recording that goes on, or is being sent. */
export function RecordingPanel({
  state: { phase, recording, fault, error, microphone },
}: {
  readonly state: Recording & { readonly recording: KeptRecording };
}) {
  const { m } = useWording();
  const goesOn = phase === 'recording' || phase === 'paused';
  return (
    <>
      <section className="record-panel" aria-label={m.record}>
        <p role="status" className={`record-phase record-phase-${phase}`}>
          {m.recordPhases[phase]}
        </p>
        <ElapsedTime />
        {goesOn && <Level microphone={microphone} />}
        {phase === 'sending' && <SendingBar />}
        {goesOn && (
          <div className="record-buttons">
            {phase === 'paused' ? (
              <Button className="button" onPress={() => void resumeRecording()}>
                <Play aria-hidden />
                {m.resume}
              </Button>
            ) : (
              <Button className="button" onPress={pauseRecording}>
                <Pause aria-hidden />
                {m.pause}
              </Button>
            )}
            <Button className="button primary" onPress={() => void finishRecording(recording)}>
              <Square aria-hidden />
              {m.stopAndMake}
            </Button>
            <ConfirmDialog
              title={m.throwAwayTitle}
              text={m.throwAwayHelp}
              confirm={m.throwAway}
              onConfirm={() => void throwAway(recording)}
            >
              <Button className="quiet">{m.throwAway}</Button>
            </ConfirmDialog>
          </div>
        )}
      </section>
      {fault !== null && (
        <Notice tone={fault === 'changed' ? 'info' : 'error'} title={m.faults[fault].title}>
          <p>{m.faults[fault].help}</p>
        </Notice>
      )}
      {phase === 'failed' && <RecordingFailure recording={recording} error={error} />}
      {goesOn && (
        <>
          <KeptSoFar />
          <form className="form" onSubmit={(event) => event.preventDefault()}>
            <TitleField
              value={recording.title}
              onChange={(title) => describeRecording({ ...recording, title })}
            />
            <OptionsFields
              options={recording.options}
              onChange={(options) => describeRecording({ ...recording, options })}
            />
          </form>
        </>
      )}
    </>
  );
}

function ElapsedTime() {
  const { m } = useWording();
  const { seconds } = useCell(meterCell);
  return (
    <p className="record-time numbers" role="timer" aria-label={m.elapsed}>
      {clockTime(seconds)}
    </p>
  );
}

/** From -60 dBFS, a quiet room, to 0. */
function Level({ microphone }: { readonly microphone: string }) {
  const { m } = useWording();
  const { loudness } = useCell(meterCell);
  const percent = Math.max(0, Math.min(100, ((loudness + 60) / 60) * 100));
  return (
    <LevelMeter className="record-level" aria-label={m.level} value={Math.round(percent)}>
      <Meter percent={percent} />
      <span className="faint">{microphone}</span>
    </LevelMeter>
  );
}

function SendingBar() {
  const { m } = useWording();
  const { bytes, sentBytes } = useCell(meterCell);
  return (
    <ProgressBar
      aria-label={m.recordPhases.sending}
      maxValue={Math.max(1, bytes)}
      value={sentBytes}
      isIndeterminate={sentBytes >= bytes}
    >
      {({ percentage = 100 }) => <Meter percent={percentage} />}
    </ProgressBar>
  );
}

function KeptSoFar() {
  const { m, format } = useWording();
  const { bytes, sentBytes } = useCell(meterCell);
  return <p className="faint">{m.keptSoFar(format.bytes(bytes), format.bytes(sentBytes))}</p>;
}
