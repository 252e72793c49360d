import { randomBytes } from 'node:crypto';

/** A tenant of one's own: tests on one stack see nothing of each other. */
export const freshTenant = (): string => `t${randomBytes(8).toString('hex')}`;
