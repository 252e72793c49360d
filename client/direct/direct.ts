import type { Environment } from '../config.ts';
import type { ServiceConnections } from '../service-connections.ts';

/** What works with the services of an installation. Loads them, and what works with them, when they are needed. */
export interface Direct {
  readonly env: Environment;
  readonly services: ServiceConnections;
}
