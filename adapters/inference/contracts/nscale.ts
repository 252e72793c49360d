import type { RoleContracts } from '../contract.ts';

export const nscale = {} satisfies RoleContracts;
