import type { BackEnd } from '../back-end.ts';
import type { Environment } from '../config.ts';
import type { ServiceConnections } from '../service-connections.ts';
import { directChanger } from './change-jobs.ts';
import { directKeys } from './keep-keys.ts';
import { directMaker } from './make-jobs.ts';
import { directReader } from './read-jobs.ts';

/** What works with the services of an installation. Loads them, and what works with them, when they are needed. */
export interface Direct {
  readonly env: Environment;
  readonly services: ServiceConnections;
}

/** The back end of an operator, who reaches the services themselves. */
export const createDirectBackEnd = (direct: Direct): BackEnd => ({
  ...directReader(direct),
  ...directMaker(direct),
  ...directChanger(direct),
  ...directKeys(direct),
});
