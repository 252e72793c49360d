import './job.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { Job } from '../api/answers.ts';
import { isProblem } from '../api/problem.ts';
import { jobQuery } from '../api/queries.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { useTitle } from '../shell/use-title.ts';
import { JobHeader } from './job-header.tsx';
import { MinutesPage } from './minutes-page.tsx';
import { ProgressView } from './progress-view.tsx';
import { useControl } from './use-change.ts';

/** One meeting: how its job goes, why it failed, or its minutes. */
export function JobPage({
  id,
  version,
}: {
  readonly id: string;
  readonly version: number | undefined;
}) {
  const { m } = useWording();
  const job = useQuery({
    ...jobQuery(id),
    // Should its events not come.
    refetchInterval: ({ state }) => (isGoingOn(state.data) ? 10_000 : false),
  });
  useTitle(job.data?.title ?? m.meeting);
  return (
    <main className="page job" id="main" tabIndex={-1} aria-busy={job.isPending}>
      <Link to="/" className="back">
        <ArrowLeft aria-hidden />
        {m.library}
      </Link>
      {job.data === undefined ? (
        job.isError ? (
          isProblem(job.error, 'job_not_found') ? (
            <Notice tone="warning" title={m.problems.job_not_found} />
          ) : (
            <ProblemNotice error={job.error} onRetry={() => void job.refetch()} />
          )
        ) : (
          <div className="skeleton" role="status" aria-label={m.loading}>
            <span className="skeleton-title" />
            <span className="skeleton-block" />
          </div>
        )
      ) : (
        <>
          <JobHeader job={job.data} version={version} />
          <JobBody job={job.data} version={version} />
        </>
      )}
    </main>
  );
}

const isGoingOn = (job: Job | undefined): boolean =>
  job?.status === 'queued' || job?.status === 'running' || isWaitingInRun(job);

const isWaitingInRun = (job: Job | undefined): boolean =>
  job?.status === 'waiting' && job.waitingFor !== 'approval';

function JobBody({ job, version }: { readonly job: Job; readonly version: number | undefined }) {
  if (isGoingOn(job)) return <ProgressView job={job} />;
  return (
    <>
      {(job.status === 'failed' || job.status === 'cancelled') && <Ended job={job} />}
      {job.result !== null && <MinutesPage job={job} version={version} />}
    </>
  );
}

function Ended({ job }: { readonly job: Job }) {
  const { m } = useWording();
  const may = useMay();
  const control = useControl(job.id);
  const isFailed = job.status === 'failed';
  return (
    <>
      <Notice
        tone={isFailed ? 'error' : 'info'}
        title={isFailed ? m.jobFailed : m.jobCancelled}
        actions={
          may('jobs:control') && (
            <Button
              className="button"
              isDisabled={control.isPending}
              onPress={() => control.mutate('retry')}
            >
              {m.runAgain}
            </Button>
          )
        }
      >
        {isFailed && <Failure job={job} />}
        <p className="faint">{m.runAgainHelp}</p>
      </Notice>
      {control.isError && <ProblemNotice error={control.error} />}
    </>
  );
}

/** Why a job failed, in the language of the page where we know it; what the service reported is English. */
function Failure({ job: { failure, failureMessage } }: { readonly job: Job }) {
  const { m, language } = useWording();
  const known: Readonly<Record<string, string | undefined>> = m.failures;
  const words = failure === null ? undefined : known[failure];
  if (failureMessage === null) return words === undefined ? null : <p>{words}</p>;
  if (language === 'en' || words === undefined) return <p lang="en">{failureMessage}</p>;
  return (
    <>
      <p>{words}</p>
      <details>
        <summary>{m.failureDetails}</summary>
        <p lang="en">{failureMessage}</p>
      </details>
    </>
  );
}
