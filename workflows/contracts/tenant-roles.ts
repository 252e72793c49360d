/** What somebody may be within a tenant. */
export const ROLES = ['viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];
