import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { Change } from '../api/answers.ts';
import { sessionQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';

type Wanted =
  | {
      readonly route:
        'rename-speaker' | 'join-speakers' | 'approve' | 'return' | 'delegate' | 'resummarize';
      readonly body: Readonly<Record<string, string | number | boolean>>;
    }
  /** A whole `minutes.json` or `transcript.json`, made from a version. */
  | { readonly route: 'edit'; readonly version: number; readonly body: object };

/**
 * Changes the minutes of a job, in the name that whoever is signed in has: each change makes a version, which is read at
 * once. A change that takes long is waited for.
 *
 * @param onProgress told how many sections of a new summary are done
 */
export function useChange(
  id: string,
  onProgress: (sections: NonNullable<Change['sections']>) => void = () => undefined,
) {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const by = session.name;
  return useMutation({
    mutationFn: async (wanted: Wanted) => {
      let change =
        wanted.route === 'edit'
          ? await request<Change>('POST', `/jobs/${id}/edit`, {
              parameters: { version: wanted.version, by },
              body: wanted.body,
            })
          : await request<Change>('POST', `/jobs/${id}/${wanted.route}`, {
              body: { ...wanted.body, by },
            });
      while (change.outcome === 'going-on' && change.change !== undefined) {
        if (change.sections !== undefined) onProgress(change.sections);
        const parameters = { change: change.change };
        change = await request<Change>('GET', `/jobs/${id}/change`, { parameters });
      }
      return change;
    },
    // A change that is refused may be because of another one.
    onSettled: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['job', id] }),
        client.invalidateQueries({ queryKey: ['jobs'] }),
      ]);
    },
  });
}

/** Stops a job, or runs it again. */
export function useControl(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (route: 'cancel' | 'retry') => request<unknown>('POST', `/jobs/${id}/${route}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['job', id] }),
  });
}
