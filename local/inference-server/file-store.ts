import { sha256 } from '../../adapters/identity/digest.ts';

export type PictureFormat = 'png' | 'jpeg';

/** Pictures to be fetched by address, as providers hold them for a while. */
export interface FileStore {
  /** Returns the path under which the picture can be fetched. */
  readonly put: (picture: Uint8Array, format: PictureFormat) => string;
  readonly get: (path: string) => Uint8Array | null;
}

/** Older ones are gone, as at the providers. */
const MOST_FILES = 256;

export function createFileStore(): FileStore {
  const files = new Map<string, Uint8Array>();
  return {
    put: (picture, format) => {
      const path = `/files/${sha256(picture)}.${format}`;
      files.delete(path);
      files.set(path, picture);
      for (const oldest of files.keys()) {
        if (files.size <= MOST_FILES) break;
        files.delete(oldest);
      }
      return path;
    },
    get: (path) => files.get(path) ?? null,
  };
}
