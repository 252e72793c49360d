import type { JobLibrary } from '../adapters/database/job-library.ts';
import type { InferenceLayer } from '../adapters/inference/call/create-inference-layer.ts';
import type { ObjectStore } from '../adapters/object-store/object-store.ts';
import type { Ledger } from '../adapters/paid-call/ledger.ts';

/** What activities are made from. The worker builds it once; tests hand in what they want to break. */
export interface Dependencies extends Omit<InferenceLayer, 'close'> {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly library: JobLibrary;
  readonly binaries: { readonly ffmpeg: string; readonly ffprobe: string };
  /** Folder for decoded audio: each activity makes a folder of its own in it and deletes that. */
  readonly scratchDirectory: string;
  /** True while Temporal runs a workflow of that id. */
  readonly isRunning: (workflowId: string) => Promise<boolean>;
  readonly now: () => Date;
}
