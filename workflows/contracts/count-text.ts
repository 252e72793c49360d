import type { ItemCount } from './jobs.ts';

/** `5 of 12`, or `5 of at least 12` where not all are known yet. */
export const countText = ({ done, total, isAtLeast }: ItemCount): string =>
  `${done} of ${isAtLeast === true ? 'at least ' : ''}${total}`;
