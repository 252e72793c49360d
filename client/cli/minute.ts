/** `2026-12-07 10:00 (UTC)`, of a time in ISO 8601. */
export const minute = (time: string): string => `${time.replace('T', ' ').slice(0, 16)} (UTC)`;
