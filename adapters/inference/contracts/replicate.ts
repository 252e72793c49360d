import type { RoleContracts } from '../contract.ts';

export const replicate = {} satisfies RoleContracts;
