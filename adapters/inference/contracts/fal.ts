import type { RoleContracts } from '../contract.ts';

export const fal = {} satisfies RoleContracts;
