import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { GitCompareArrows } from 'lucide-react';
import type { Job } from '../api/answers.ts';
import { versionsQuery } from '../api/queries.ts';
import { StatusMark } from '../library/status-mark.tsx';
import { useWording } from '../shell/language.tsx';
import { ExportMenu } from './export-menu.tsx';
import { VersionChoice } from './version-choice.tsx';

/** What meeting it is, how it stands, and what one can take along. */
export function JobHeader({
  job,
  version,
}: {
  readonly job: Job;
  readonly version: number | undefined;
}) {
  const { m, format } = useWording();
  const { title, date, durationSeconds, language, createdAt, result } = job;
  const facts = [
    date === null ? m.submittedOn(format.day(createdAt)) : format.day(date),
    durationSeconds === null ? null : format.length(durationSeconds),
    language === null ? null : format.languageName(language),
  ];
  return (
    <header className="job-header">
      <div className="job-heading">
        <h1>{title ?? m.untitled}</h1>
        <p className="job-line">
          {/* What can be read says it in its first line. */}
          {result === null && <StatusMark {...job} />}
          <span className="faint">{facts.filter((fact) => fact !== null).join(' · ')}</span>
        </p>
      </div>
      {result !== null && (
        <div className="job-tools">
          <VersionChoice id={job.id} version={version} />
          <CompareLink id={job.id} version={version} />
          <ExportMenu id={job.id} version={version} />
        </div>
      )}
    </header>
  );
}

/** To this version beside the one that it was made from; nothing where there is one only. */
function CompareLink({
  id,
  version,
}: {
  readonly id: string;
  readonly version: number | undefined;
}) {
  const { m } = useWording();
  const { data: versions = [] } = useQuery(versionsQuery(id));
  if (versions.length < 2) return null;
  return (
    <Link
      className="button icon-only"
      to="/jobs/$id/compare"
      params={{ id }}
      search={version === undefined ? {} : { right: version }}
      aria-label={m.compare}
      title={m.compare}
    >
      <GitCompareArrows aria-hidden />
    </Link>
  );
}
