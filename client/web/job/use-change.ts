import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Change } from '../api/answers.ts';
import { request } from '../api/request.ts';

interface Wanted {
  readonly route: 'rename-speaker' | 'join-speakers' | 'approve' | 'return';
  readonly body: Readonly<Record<string, string | number>>;
}

/** Changes the minutes of a job: each change makes a version, which is read at once. */
export function useChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ route, body }: Wanted) =>
      request<Change>('POST', `/jobs/${id}/${route}`, { body }),
    onSuccess: async () => {
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
