import type { RouteRequest } from './route.ts';

/** The address under which the client reached this server, with another path. */
export const addressOf = ({ headers }: Pick<RouteRequest, 'headers'>, path: string): string =>
  `http://${headers.host ?? '127.0.0.1'}${path}`;
