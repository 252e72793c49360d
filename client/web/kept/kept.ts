import { openDB, type DBSchema } from 'idb';
import type { MinutesOptions } from '../upload/minutes-options.ts';

/** What this browser keeps until the gateway has made a job of it, and also when the tab is closed. */
interface Kept extends DBSchema {
  recordings: { key: string; value: KeptRecording };
  /** By recording, and by how many bytes come before. */
  sound: { key: [recording: string, from: number]; value: KeptSound };
  uploads: { key: string; value: KeptUpload };
}

/** A recording that was begun here, as one file: where it was interrupted, another one is joined to it, byte by byte. */
export interface KeptRecording {
  readonly id: string;
  /** Who records it: others who use this browser are not told. */
  readonly owner: string;
  /** ISO time. */
  readonly startedAt: string;
  /** As the browser calls its container. */
  readonly type: string;
  readonly title: string;
  readonly options: MinutesOptions;
  /** Of the gateway; null: nothing was sent yet. */
  readonly upload: string | null;
}

interface KeptSound {
  readonly bytes: ArrayBuffer;
  /** How long the recording is with these. */
  readonly seconds: number;
}

/** A file that is on its way in parts. Its bytes are not kept: somebody chooses it again. */
export interface KeptUpload {
  /** Of the gateway. */
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly bytes: number;
  /** As the file's, in milliseconds. */
  readonly lastModified: number;
  readonly options: MinutesOptions;
  /** SHA-256 of the parts that were sent, by their numbers, in hex; empty where the browser computes none. */
  readonly digests: Readonly<Record<number, string>>;
}

let opened: ReturnType<typeof open> | null = null;

const open = () =>
  openDB<Kept>('hansard', 1, {
    upgrade: (database) => {
      database.createObjectStore('recordings', { keyPath: 'id' });
      database.createObjectStore('sound');
      database.createObjectStore('uploads', { keyPath: 'id' });
    },
    // Somebody empties the browser, or a later page needs another form: the next call opens it again.
    terminated: () => (opened = null),
    blocking: (_current, _blocked, event) => {
      if (event.target instanceof IDBDatabase) event.target.close();
      opened = null;
    },
  });

/** The database of this browser. Throws what the browser throws where it keeps nothing, as in some private windows. */
export function kept(): ReturnType<typeof open> {
  opened ??= open();
  opened.catch(() => (opened = null));
  return opened;
}
