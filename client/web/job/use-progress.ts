import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Progress } from '../api/answers.ts';
import { addressOf } from '../api/request.ts';

/** How a job goes, as its events say it; null before the first one. When it ends, what was read of it is read anew. */
export function useProgress(id: string): Progress | null {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => {
    const events = new EventSource(addressOf(`/jobs/${id}/events`));
    events.addEventListener('progress', ({ data }: MessageEvent<string>) => {
      const told: Progress = JSON.parse(data);
      setProgress(told);
    });
    events.addEventListener('end', () => {
      events.close();
      void client.invalidateQueries({ queryKey: ['job', id] });
      void client.invalidateQueries({ queryKey: ['jobs'] });
    });
    return () => events.close();
  }, [client, id]);
  return progress;
}
