import type { RoleContracts } from '../contract.ts';

export const hfendpoints = {} satisfies RoleContracts;
