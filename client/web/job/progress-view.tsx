import './progress.css';
import { Check, CircleDashed, LoaderCircle, Minus, TriangleAlert } from 'lucide-react';
import { Button, ProgressBar } from 'react-aria-components';
import type { Job, Progress } from '../api/answers.ts';
import type { Messages } from '../messages/en.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { Meter } from '../shell/meter.tsx';
import { degradationsInWords } from './shortfalls.ts';
import { useControl } from './use-change.ts';
import { useProgress } from './use-progress.ts';

type StageState = NonNullable<NonNullable<Progress['stages']>[keyof Messages['stages']]>;

const STAGES = [
  'prepare',
  'transcribe',
  'diarize',
  'assemble',
  'summarize',
  'illustrate',
  'render',
  'publish',
] as const satisfies readonly (keyof Messages['stages'])[];

const ICONS = {
  waiting: CircleDashed,
  running: LoaderCircle,
  done: Check,
  degraded: TriangleAlert,
  skipped: Minus,
  failed: TriangleAlert,
  cancelled: Minus,
} satisfies Record<StageState, unknown>;

/** A job that goes on, stage by stage. */
export function ProgressView({ job }: { readonly job: Job }) {
  const { m } = useWording();
  const may = useMay();
  const progress = useProgress(job.id);
  const control = useControl(job.id);
  const stages = progress?.stages ?? null;
  const { done, total } = progress?.chunks ?? job.chunks;
  const waitingFor = (progress ?? job).waitingFor;
  const degraded = degradationsInWords((progress ?? job).degradations, m);
  return (
    <section className="progress" aria-label={m.progress}>
      <h2 role="status">{job.status === 'queued' && stages === null ? m.isQueued : m.isRunning}</h2>
      <p className="faint">{m.leaveHelp}</p>
      {waitingFor !== null && <Notice tone="info" title={m.waitings[waitingFor]} />}
      {(progress?.unserved.length ?? 0) > 0 && (
        <Notice tone="warning" title={m.unserved(progress?.unserved.join(', ') ?? '')} />
      )}
      <ol className="stages">
        {STAGES.map((stage) => {
          const state = stages?.[stage] ?? 'waiting';
          const Icon = ICONS[state];
          const counts =
            stage === 'transcribe'
              ? { done, total }
              : stage === 'summarize'
                ? (progress?.sections ?? null)
                : null;
          return (
            <li key={stage} className={`stage stage-${state}`}>
              <Icon aria-hidden />
              <span className="stage-name">{m.stages[stage]}</span>
              <span className="faint">{m.stageStates[state]}</span>
              {state === 'running' && typeof counts?.total === 'number' && counts.total > 0 && (
                <ProgressBar
                  className="stage-meter"
                  aria-label={m.stages[stage]}
                  value={counts.done ?? 0}
                  maxValue={counts.total}
                  valueLabel={m.partsDone(counts.done ?? 0, counts.total)}
                >
                  {({ percentage = 0, valueText }) => (
                    <>
                      <Meter percent={percentage} />
                      <span className="faint numbers">{valueText}</span>
                    </>
                  )}
                </ProgressBar>
              )}
            </li>
          );
        })}
      </ol>
      {degraded.length > 0 && (
        <Notice tone="warning" title={m.notAsPlanned}>
          <ul>
            {degraded.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      {may('jobs:control') && (
        <Button
          className="button"
          isDisabled={control.isPending || control.isSuccess}
          onPress={() => control.mutate('cancel')}
        >
          {control.isSuccess ? m.stopping : m.stopJob}
        </Button>
      )}
      {control.isError && <ProblemNotice error={control.error} />}
    </section>
  );
}
