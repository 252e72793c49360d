import type { JobLibrary } from '../adapters/database/job-library.ts';
import type { InferenceConfiguration } from '../adapters/inference/load-configuration.ts';
import type { Gate } from '../adapters/inference/gate/gate.ts';
import type { InferenceMetrics } from '../adapters/inference/metrics/inference-metrics.ts';
import type { TokenPool } from '../adapters/inference/token-pool.ts';
import type { Transport } from '../adapters/inference/send.ts';
import type { TokenCounters } from '../adapters/inference/tokens/token-counter.ts';
import type { ObjectStore } from '../adapters/object-store/object-store.ts';
import type { Ledger } from '../adapters/paid-call/ledger.ts';

/** What activities are made from. The worker builds it once; tests hand in what they want to break. */
export interface Dependencies {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly library: JobLibrary;
  readonly inference: InferenceConfiguration;
  readonly transport: Transport;
  readonly gate: Gate;
  /** One pool a target. */
  readonly tokenPoolOf: (target: string) => TokenPool;
  readonly metrics: InferenceMetrics;
  /** Tokens as the targets' own tokenizers count them. */
  readonly tokens: TokenCounters;
  readonly binaries: { readonly ffmpeg: string; readonly ffprobe: string };
  /** Folder for decoded audio: each activity makes a folder of its own in it and deletes that. */
  readonly scratchDirectory: string;
  /** True while Temporal runs a workflow of that id. */
  readonly isRunning: (workflowId: string) => Promise<boolean>;
  readonly now: () => Date;
}
