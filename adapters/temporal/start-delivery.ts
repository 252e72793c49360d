import type { Client } from '@temporalio/client';
import { deliveryWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';
import type { DeliveryReference } from '../../workflows/contracts/webhooks.ts';
import { TENANT_KEY } from './search-attributes.ts';

export type StartDelivery = (
  message: DeliveryReference,
  options?: {
    /** Waits between the attempts. Default: those that Standard Webhooks advise. */
    readonly delaysMs?: readonly number[];
  },
) => Promise<void>;

/**
 * Starts the workflow that delivers a message; does nothing while one runs. One that is started a second time finds the
 * message ended, and ends.
 */
export const startDelivery =
  (client: Client): StartDelivery =>
  async ({ tenant, deliveryId, replays }, { delaysMs } = {}) => {
    await client.workflow.start(WORKFLOWS.delivery, {
      workflowId: deliveryWorkflowId(tenant, deliveryId, replays),
      taskQueue: TASK_QUEUES.pipeline,
      args: [{ tenant, deliveryId, replays, ...(delaysMs !== undefined && { delaysMs }) }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: [{ key: TENANT_KEY, value: tenant }],
      priority: { fairnessKey: tenant },
      staticSummary: 'a message to a webhook',
    });
  };
