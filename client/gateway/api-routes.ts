import type { GatewayApp, GatewayContext } from './gateway-app.ts';
import { jobRoutes } from './jobs/job-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { queueRoutes } from './queues/queue-routes.ts';
import { refusalRoutes } from './refusal-routes.ts';
import { scheduleRoutes } from './schedules/schedule-routes.ts';
import { targetRoutes } from './targets/target-routes.ts';
import { templateRoutes } from './templates/template-routes.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import { deliveryRoutes } from './webhooks/delivery-routes.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

type Routes = (context: GatewayContext) => (app: GatewayApp) => Promise<void>;

/** Everything below `/api`. */
export const API_ROUTES: readonly Routes[] = [
  jobRoutes,
  uploadRoutes,
  keyRoutes,
  webhookRoutes,
  deliveryRoutes,
  targetRoutes,
  scheduleRoutes,
  queueRoutes,
  refusalRoutes,
  templateRoutes,
];
