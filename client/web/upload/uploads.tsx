import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import type { KeptUpload } from '../kept/kept.ts';
import { useOwner } from '../shell/session.ts';
import { abandonUpload } from './kept-uploads.ts';
import type { MinutesOptions } from './minutes-options.ts';
import { sendFile } from './send-file.ts';

export interface Upload {
  readonly id: string;
  readonly file: File;
  readonly options: MinutesOptions;
  /** `checking`: every byte is sent, and the gateway has not answered. */
  readonly state: 'waiting' | 'sending' | 'checking' | 'done' | 'failed';
  readonly sentBytes: number;
  /** Of its minutes, when it is done. */
  readonly job: string | null;
  readonly wasThere: boolean;
  readonly error: unknown;
  /** What is on its way in parts; null: nothing was begun. */
  readonly begun: KeptUpload | null;
}

interface Uploads {
  readonly uploads: readonly Upload[];
  readonly add: (files: readonly File[], options: MinutesOptions) => void;
  /** Goes on with a file that was chosen again. */
  readonly goOn: (file: File, begun: KeptUpload) => void;
  readonly again: (id: string) => void;
  /** Stops it, and deletes what was sent of it; or takes it off the list. */
  readonly remove: (id: string) => void;
}

const UploadsContext = createContext<Uploads | null>(null);

/** Sends one file after the other, wherever in the page one is meanwhile. */
export function UploadsProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const owner = useOwner();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const running = useRef<{ readonly id: string; readonly abort: AbortController } | null>(null);

  const change = useCallback((id: string, facts: Partial<Upload>) => {
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...facts } : one)));
  }, []);

  const send = useCallback(
    async ({ id, file, options, begun: earlier }: Upload) => {
      const abort = new AbortController();
      running.current = { id, abort };
      change(id, { state: 'sending', sentBytes: 0, error: null });
      const onSent = (bytes: number): void =>
        change(id, { sentBytes: bytes, state: bytes >= file.size ? 'checking' : 'sending' });
      try {
        const made = await sendFile(file, options, {
          onSent,
          signal: abort.signal,
          owner,
          earlier,
          onBegun: (begun) => change(id, { begun }),
        });
        running.current = null;
        change(id, { state: 'done', job: made.id, wasThere: made.reused });
        await client.invalidateQueries({ queryKey: ['jobs'] });
        await client.invalidateQueries({ queryKey: ['unfinished-uploads'] });
      } catch (error) {
        running.current = null;
        change(id, { state: 'failed', error });
      }
    },
    [change, client, owner],
  );

  useEffect(() => {
    const next = uploads.find(({ state }) => state === 'waiting');
    if (next !== undefined && running.current === null) void send(next);
  }, [uploads, send]);

  const isSending = uploads.some(({ state }) => state !== 'done' && state !== 'failed');
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isSending]);

  const value = useMemo<Uploads>(
    () => ({
      uploads,
      add: (files, options) =>
        setUploads((all) => [...all, ...files.map((file) => newUpload(file, options))]),
      goOn: (file, begun) =>
        setUploads((all) => [...all, { ...newUpload(file, begun.options), begun }]),
      again: (id) => change(id, { state: 'waiting' }),
      remove: (id) => {
        if (running.current?.id === id) running.current.abort.abort();
        const { begun = null, state } = uploads.find((one) => one.id === id) ?? {};
        if (begun !== null && state !== 'done') {
          void abandonUpload(begun.id).then(() =>
            client.invalidateQueries({ queryKey: ['unfinished-uploads'] }),
          );
        }
        setUploads((all) => all.filter((one) => one.id !== id));
      },
    }),
    [uploads, change, client],
  );
  return <UploadsContext value={value}>{children}</UploadsContext>;
}

export function useUploads(): Uploads {
  const uploads = useContext(UploadsContext);
  if (uploads === null) throw new TypeError('useUploads takes an UploadsProvider above it');
  return uploads;
}

const newUpload = (file: File, options: MinutesOptions): Upload => ({
  // crypto.randomUUID is not there without TLS.
  id: `${performance.now()}-${file.name}`,
  file,
  options,
  state: 'waiting',
  sentBytes: 0,
  job: null,
  wasThere: false,
  error: null,
  begun: null,
});
