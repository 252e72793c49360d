/** Beside `standard`, which is what a job follows that has no template of its own. Each is a file in `built-in/`. */
export const BUILT_IN = ['stand-up', 'board', 'interview', 'lecture', 'sales-call'] as const;
