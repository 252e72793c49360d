import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import type {
  ExportFile,
  FoundJob,
  Job,
  JobPage,
  Key,
  ListedJob,
  ListedVersion,
  Provider,
  Session,
  Target,
  Template,
} from './answers.ts';
import { toProblem } from './problem.ts';
import { request, statusOf } from './request.ts';

/** Everything that the page reads. All that is of a job has a key that begins with `['job', id]`. */

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<Session>('GET', '/session', { signal }),
  staleTime: 60_000,
});

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async ({ signal }) =>
    (await request<{ providers: Provider[] }>('GET', '/sign-in', { signal })).providers,
  staleTime: Infinity,
});

export const jobsQuery = (status: ListedJob['status'] | undefined) =>
  infiniteQueryOptions({
    queryKey: ['jobs', { status }],
    queryFn: ({ pageParam, signal }) =>
      request<JobPage>('GET', '/jobs', {
        parameters: { status, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // Whatever runs is looked after.
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ jobs }) => jobs.some(isGoingOn)) === true ? 3_000 : false,
  });

const isGoingOn = ({ status }: ListedJob): boolean =>
  status === 'submitted' || status === 'running';

export const searchQuery = (words: string) =>
  queryOptions({
    queryKey: ['jobs', { words }],
    queryFn: ({ signal }) =>
      request<{ readonly jobs: readonly FoundJob[] }>('GET', '/library', {
        parameters: { search: words, limit: 100 },
        signal,
      }),
  });

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => request<Job>('GET', `/jobs/${id}`, { signal }),
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'versions'],
    queryFn: async ({ signal }) =>
      (await request<{ versions: ListedVersion[] }>('GET', `/jobs/${id}/versions`, { signal }))
        .versions,
  });

/** A file of the minutes as JSON; without a version, that of the version that the job shows. */
const fileQuery = <T>(name: string, id: string, version: number | undefined) =>
  queryOptions({
    queryKey: ['job', id, name, version ?? 'shown'],
    queryFn: ({ signal }) =>
      request<T>('GET', `/jobs/${id}/exports/${name}`, { parameters: { version }, signal }),
    staleTime: version === undefined ? 0 : Infinity,
  });

export const minutesQuery = (id: string, version: number | undefined) =>
  fileQuery<Minutes>('minutes.json', id, version);

export const transcriptQuery = (id: string, version: number | undefined) =>
  fileQuery<Transcript>('transcript.json', id, version);

export const exportsQuery = (id: string, version: number | undefined) =>
  queryOptions({
    queryKey: ['job', id, 'exports', version ?? 'shown'],
    queryFn: async ({ signal }) =>
      (
        await request<{ files: ExportFile[] }>('GET', `/jobs/${id}/exports`, {
          parameters: { version },
          signal,
        })
      ).files,
  });

/**
 * Whether there is something to hear. `making`: a copy that browsers play is made, which is asked for again. Null: the minutes
 * are of a transcript, or nothing of the recording can be played.
 */
export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'recording'],
    queryFn: async ({ signal }) => {
      const status = await statusOf(`/jobs/${id}/audio`, { signal });
      if (status >= 500 || status === 401) throw toProblem(status, '');
      return status === 202 ? 'making' : status === 200 ? 'ready' : null;
    },
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data === 'making' ? 3_000 : false),
  });

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await request<{ keys: Key[] }>('GET', '/keys', { signal })).keys,
});

export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: async ({ signal }) =>
    (await request<{ templates: Template[] }>('GET', '/templates', { signal })).templates,
  staleTime: Infinity,
});

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  queryFn: async ({ signal }) =>
    (await request<{ targets: Target[] }>('GET', '/targets', { signal })).targets,
});
