import type { RoleContracts } from '../contract.ts';

export const toolkit = {} satisfies RoleContracts;
