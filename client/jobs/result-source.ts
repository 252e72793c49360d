import type { Readable } from 'node:stream';
import type { MediaBinaries } from '../../adapters/media/media-binaries.ts';

/** The files of a version of minutes, wherever they are read from. */
export interface ResultSource {
  /** Of the job. */
  readonly id: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Of `approved.sha256`; null unless the version is approved. */
  readonly filesSha256: string | null;
  readonly open: (name: string) => Promise<Readable>;
  /** Puts the recording beside the page in a folder; null: it was not asked for. */
  readonly addRecording: ((into: RecordingPlace) => Promise<WrittenFile>) | null;
}

interface RecordingPlace {
  readonly folder: string;
  readonly binaries: MediaBinaries;
}

export interface WrittenFile {
  readonly name: string;
  readonly path: string;
}
