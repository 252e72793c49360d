import type { JobLibrary } from '../adapters/database/job-library.ts';
import type { Uploads } from '../adapters/database/uploads.ts';
import type { InferenceLayer } from '../adapters/inference/call/create-inference-layer.ts';
import type { ObjectStore } from '../adapters/object-store/object-store.ts';
import type { PartUploads } from '../adapters/object-store/part-uploads.ts';
import type { Ledger } from '../adapters/database/create-ledger.ts';
import type { WebhookDeliveries } from '../adapters/database/webhooks/deliveries.ts';
import type { StartDelivery } from '../adapters/temporal/start-delivery.ts';
import type { LatestRun } from '../adapters/temporal/workflow-status.ts';
import type { DeliveryMetrics } from '../adapters/webhooks/delivery-metrics.ts';
import type { PostMessage } from '../adapters/webhooks/post-message.ts';

/** Everything that activities depend on. The worker builds it once; tests replace what they want to break. */
export interface Dependencies extends Omit<InferenceLayer, 'close'> {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly library: JobLibrary;
  /** What is kept of requests of the gateway, for a time. Each returns how many rows it deleted. */
  readonly gatewayRecords: readonly { readonly expire: () => Promise<number> }[];
  /** Files that come in parts: their rows, and what the store has of them. */
  readonly uploads: Uploads;
  readonly partUploads: PartUploads;
  readonly deliveries: WebhookDeliveries;
  readonly postMessage: PostMessage;
  readonly countDelivery: DeliveryMetrics['count'];
  readonly binaries: { readonly ffmpeg: string; readonly ffprobe: string };
  /** Folder for decoded audio. Each activity creates a folder in it and deletes it. */
  readonly scratchDirectory: string;
  /** The latest run of the workflow with this id; null: Temporal knows none. */
  readonly latestRun: (workflowId: string) => Promise<LatestRun | null>;
  /** Sends a signal to a run of a workflow. */
  readonly signalWorkflow: (
    run: { readonly workflowId: string; readonly runId: string },
    signal: string,
    payload: unknown,
  ) => Promise<void>;
  readonly startDelivery: StartDelivery;
  /** True if a worker lately asked for calls to the target of this name. */
  readonly isPolled: (target: string) => Promise<boolean>;
  readonly now: () => Date;
}
