import type { Role } from '../../../workflows/contracts/targets.ts';
import { callKey } from '../../identity/call-key.ts';
import { headersIn } from '../targets/record-target.ts';
import type { PreparedCall } from './prepare-call.ts';

/** The key of a call that is ready to be sent. */
export function callKeyOf(
  workKey: string,
  { target, request: { parameters } }: Pick<PreparedCall<Role>, 'target' | 'request'>,
): string {
  const { contract, baseUrl, model, revision } = target;
  const asked = { workKey, contract, baseUrl, model, revision, parameters };
  return callKey({ ...asked, ...headersIn(target) });
}
