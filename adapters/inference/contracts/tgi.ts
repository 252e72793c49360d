import type { RoleContracts } from '../contract.ts';

export const tgi = {} satisfies RoleContracts;
