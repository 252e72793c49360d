import './library.css';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { jobsQuery, searchQuery } from '../api/queries.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { UnfinishedRecordings } from '../record/unfinished-recordings.tsx';
import { useMay } from '../shell/session.ts';
import { useTitle } from '../shell/use-title.ts';
import { DropArea } from '../upload/drop-area.tsx';
import { UnfinishedUploads } from '../upload/unfinished-uploads.tsx';
import { UploadList } from '../upload/upload-list.tsx';
import { JobTable, JobTableSkeleton } from './job-table.tsx';
import { isStatusFilter, STATUS_FILTERS, type StatusFilter } from './status-filter.ts';

interface LibrarySearch {
  readonly words?: string;
  readonly status?: StatusFilter;
}

/** Every meeting of the tenant: newest first, or those that have some words. */
export function LibraryPage({ search }: { readonly search: LibrarySearch }) {
  const { m } = useWording();
  const may = useMay();
  useTitle(m.library);
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1 className="page-title">{m.library}</h1>
      {may('jobs:submit') && (
        <>
          <UnfinishedRecordings />
          <UnfinishedUploads />
          <DropArea />
        </>
      )}
      <UploadList />
      <Filters search={search} />
      {search.words === undefined ? (
        <NewestJobs status={search.status} />
      ) : (
        <FoundJobs words={search.words} status={search.status} />
      )}
    </main>
  );
}

function Filters({ search }: { readonly search: LibrarySearch }) {
  const { m } = useWording();
  const navigate = useNavigate();
  // What was typed belongs to the address that it was typed at: going back shows what was sought there.
  const [typed, setTyped] = useState({ at: search.words, words: search.words ?? '' });
  const words = typed.at === search.words ? typed.words : (search.words ?? '');
  const show = (next: LibrarySearch): void => void navigate({ to: '/', search: next });
  const { status } = search;
  const withStatus = status === undefined ? {} : { status };
  return (
    <search className="filters">
      <SearchField
        className="search"
        aria-label={m.searchLabel}
        value={words}
        onChange={(next) => setTyped({ at: search.words, words: next })}
        onSubmit={(text) => show({ ...withStatus, ...(text.trim() && { words: text.trim() }) })}
        onClear={() => show(withStatus)}
      >
        <Search aria-hidden />
        <Input className="input" placeholder={m.searchPlaceholder} maxLength={200} />
      </SearchField>
      <Choice
        label={m.statusFilter}
        isLabelHidden
        options={[
          ['', m.everyStatus],
          ...STATUS_FILTERS.map((one) => [one, m.statuses[one]] as const),
        ]}
        value={status ?? ''}
        onChange={(id) =>
          show({
            ...(search.words !== undefined && { words: search.words }),
            ...(isStatusFilter(id) && { status: id }),
          })
        }
      />
    </search>
  );
}

function NewestJobs({ status }: { readonly status: StatusFilter | undefined }) {
  const { m } = useWording();
  const may = useMay();
  const pages = useInfiniteQuery({ ...jobsQuery(status), placeholderData: keepPreviousData });
  if (pages.isPending) return <JobTableSkeleton />;
  if (pages.isError && pages.data === undefined) {
    return <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  const jobs = pages.data.pages.flatMap((page) => page.jobs);
  if (jobs.length === 0) {
    return status === undefined ? (
      <Empty title={m.noJobs} help={may('jobs:submit') ? m.noJobsHelp : m.noJobsReader} />
    ) : (
      <Empty title={m.noJobsOfStatus} help={m.noJobsOfStatusHelp} />
    );
  }
  return (
    <>
      <JobTable jobs={jobs} />
      {pages.hasNextPage && (
        <Button
          className="button more"
          isDisabled={pages.isFetchingNextPage}
          onPress={() => void pages.fetchNextPage()}
        >
          {m.showMore}
        </Button>
      )}
    </>
  );
}

function FoundJobs({
  words,
  status,
}: {
  readonly words: string;
  readonly status: StatusFilter | undefined;
}) {
  const { m } = useWording();
  const found = useQuery(searchQuery(words));
  if (found.isPending) return <JobTableSkeleton />;
  if (found.isError) {
    return <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />;
  }
  const jobs = found.data.jobs.filter((job) => status === undefined || job.status === status);
  return (
    <>
      <p role="status" className="faint found-count">
        {m.found(jobs.length, words)}
      </p>
      {jobs.length === 0 ? (
        <Empty title={m.nothingFound} help={m.nothingFoundHelp} />
      ) : (
        <JobTable jobs={jobs} />
      )}
    </>
  );
}

function Empty({ title, help }: { readonly title: string; readonly help: string }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{help}</p>
    </div>
  );
}
