import type { RoleContracts } from '../contract.ts';

export const deepinfra = {} satisfies RoleContracts;
