import { refuseKey } from '../presented-key.ts';
import type { ProblemCode } from '../problem.ts';
import type { Refusal } from '../refusal.ts';

/** Of a signature that nobody could verify, whoever made it. */
export const unusable = (detail: string, code: ProblemCode = 'signature_invalid'): Refusal =>
  refuseKey(code, detail, null);
