import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Progress } from '../api/answers.ts';
import { addressOf } from '../api/request.ts';

/** How a job goes, as its events say it; null before the first one. When it ends, what was read of it is read anew. */
export function useProgress(id: string): Progress | null {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => {
    let again: ReturnType<typeof setTimeout> | undefined;
    let events = listen();
    function listen(): EventSource {
      const opened = new EventSource(addressOf(`/jobs/${id}/events`));
      opened.addEventListener('progress', ({ data }: MessageEvent<string>) => {
        const told: Progress = JSON.parse(data);
        setProgress(told);
      });
      opened.addEventListener('end', () => {
        opened.close();
        void client.invalidateQueries({ queryKey: ['job', id] });
        void client.invalidateQueries({ queryKey: ['jobs'] });
      });
      // A browser opens a broken line again by itself, but not when it is answered with an error.
      opened.addEventListener('error', () => {
        if (opened.readyState !== EventSource.CLOSED) return;
        again = setTimeout(() => (events = listen()), AGAIN_MS);
      });
      return opened;
    }
    return () => {
      clearTimeout(again);
      events.close();
    };
  }, [client, id]);
  return progress;
}

const AGAIN_MS = 5_000;
