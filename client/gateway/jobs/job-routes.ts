import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { PATIENCE } from './answer-change.ts';
import { approveRoutes } from './approve-routes.ts';
import { changeRoute } from './change-route.ts';
import { audioRoutes } from './audio-routes.ts';
import { controlRoutes } from './control-routes.ts';
import { correctRoutes } from './correct-routes.ts';
import { createRoutes } from './create-routes.ts';
import { editRoutes } from './edit-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { listRoutes } from './list-routes.ts';
import { readRoutes } from './read-routes.ts';

const ALL = [
  listRoutes,
  readRoutes,
  exportRoutes,
  audioRoutes,
  createRoutes,
  controlRoutes,
  (context: GatewayContext) => eventRoutes(context),
  correctRoutes,
  editRoutes,
  approveRoutes,
  changeRoute,
];

/** Everything below `/api` that is about jobs. Handlers throw the errors of `client/jobs`. */
export const jobRoutes =
  (context: GatewayContext, patience = PATIENCE) =>
  async (app: GatewayApp): Promise<void> => {
    for (const routes of ALL) await app.register(routes(context, patience));
  };
