import type { RoleContracts } from '../contract.ts';

export const together = {} satisfies RoleContracts;
