import type { BackEnd } from '../back-end.ts';
import { directChanger } from './change-jobs.ts';
import type { Direct } from './direct.ts';
import { directKeys } from './keep-keys.ts';
import { directMaker } from './make-jobs.ts';
import { directReader } from './read-jobs.ts';

/** The back end of an operator, who reaches the services themselves. */
export const createDirectBackEnd = (direct: Direct): BackEnd => ({
  ...directReader(direct),
  ...directMaker(direct),
  ...directChanger(direct),
  ...directKeys(direct),
});
