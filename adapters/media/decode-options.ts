import type { MediaBinaries } from './media-binaries.ts';

export interface DecodeOptions {
  readonly maxSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((decodedSeconds: number) => void) | undefined;
  readonly binaries?: MediaBinaries | undefined;
}
