import { Link } from '@tanstack/react-router';
import type { FoundJob, ListedJob } from '../api/answers.ts';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import { StatusMark } from './status-mark.tsx';

export function JobTable({ jobs }: { readonly jobs: readonly (ListedJob | FoundJob)[] }) {
  const { m } = useWording();
  return (
    <table className="jobs">
      <caption className="hidden">{m.library}</caption>
      <thead>
        <tr>
          <th scope="col">{m.meeting}</th>
          <th scope="col" className="wide-only">
            {m.day}
          </th>
          <th scope="col" className="wide-only numbers">
            {m.length}
          </th>
          <th scope="col" className="wide-only">
            {m.language}
          </th>
          <th scope="col">{m.status}</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </tbody>
    </table>
  );
}

function JobRow({ job }: { readonly job: ListedJob | FoundJob }) {
  const { m, format } = useWording();
  const day = format.day(job.date ?? job.createdAt);
  const length = job.durationSeconds === null ? null : clockTime(job.durationSeconds);
  return (
    <tr>
      <td>
        <Link to="/jobs/$id" params={{ id: job.id }} className="job-title">
          {job.title ?? m.untitled}
        </Link>
        <span className="job-facts narrow-only">
          {[day, length].filter((fact) => fact !== null).join(' · ')}
        </span>
        {'found' in job && <q className="job-found">{job.found}</q>}
      </td>
      <td className="wide-only">{day}</td>
      <td className="wide-only numbers">{length ?? '–'}</td>
      <td className="wide-only">
        {job.language === null ? '–' : format.languageName(job.language)}
      </td>
      <td>
        <StatusMark {...job} />
      </td>
    </tr>
  );
}

/** While the list is on its way. */
export function JobTableSkeleton() {
  const { m } = useWording();
  return (
    <div className="skeleton" role="status" aria-label={m.loading}>
      {[1, 2, 3, 4, 5].map((row) => (
        <span key={row} className="skeleton-row" />
      ))}
    </div>
  );
}
