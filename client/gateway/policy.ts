import { ROLES, type Role } from '../../workflows/contracts/tenant-roles.ts';

export { ROLES, type Role };

/**
 * Which roles may do what: the only place that says so. Every route names one of these actions; a route without one does
 * not start.
 */
export const POLICY = {
  'jobs:read': ['viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin'],
  'jobs:submit': ['submitter', 'operator', 'admin'],
  'jobs:correct': ['submitter', 'approver', 'admin'],
  'jobs:approve': ['approver', 'admin'],
  'jobs:control': ['submitter', 'operator', 'admin'],
  'inference:use': ['submitter', 'operator', 'admin'],
  'keys:read': ['auditor', 'admin'],
  'keys:manage': ['admin'],
  'webhooks:read': ['operator', 'auditor', 'admin'],
  'webhooks:manage': ['admin'],
  'metrics:read': ['admin'],
  'targets:read': ['submitter', 'approver', 'operator', 'auditor', 'admin'],
  'queues:read': ['operator', 'auditor', 'admin'],
  'workers:read': ['operator', 'auditor', 'admin'],
  'schedules:read': ['operator', 'auditor', 'admin'],
  'schedules:manage': ['operator', 'admin'],
  'refusals:read': ['auditor', 'admin'],
  /** To see and to end one's own session. */
  'session:own': ['viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Action = keyof typeof POLICY;

/** About what all tenants share, and what one of them changes for all: only the operator tenant's keys may. */
export const OF_OPERATOR_TENANT: ReadonlySet<Action> = new Set([
  'schedules:manage',
  'workers:read',
]);

interface Who {
  readonly role: Role;
  readonly tenant: string;
}

/** @param operatorTenant the tenant of those who run the installation */
export const isAllowed = ({ role, tenant }: Who, action: Action, operatorTenant: string): boolean =>
  (POLICY[action] as readonly Role[]).includes(role) &&
  (tenant === operatorTenant || !OF_OPERATOR_TENANT.has(action));

const isAction = (text: string): text is Action => Object.hasOwn(POLICY, text);

export const actionsOf = (who: Who, operatorTenant: string): Action[] =>
  Object.keys(POLICY)
    .filter(isAction)
    .filter((action) => isAllowed(who, action, operatorTenant));

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);
