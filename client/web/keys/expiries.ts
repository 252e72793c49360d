/** How long a new key lasts, as the gateway takes it; nothing: for ever. */
export const EXPIRIES = ['30d', '90d', '365d', ''] as const;
