import type { Role } from '../../workflows/contracts/targets.ts';
import type { Parsed } from './contract.ts';
import type { PreparedCall } from './prepare-call.ts';
import type { SendOptions, Transport } from './send.ts';
import { holdsError } from './error-message.ts';
import { InferenceError } from './inference-error.ts';
import { toInferenceError } from './verdict.ts';

/** One call, once: sends, gives the verdict, parses. Throws `InferenceError`, or the caller's reason to abort. */
export async function infer<R extends Role>(
  transport: Transport,
  prepared: PreparedCall<R>,
  options: SendOptions,
): Promise<Parsed<R>> {
  const { request, target, parse } = prepared;
  const response = await transport.send(request, target, options);
  const succeeded = response.status >= 200 && response.status < 300;
  if (!succeeded || holdsError(response.bytes))
    throw toInferenceError(response, target, new Date());
  const parsed = parse(response);
  if (target.revision !== null && parsed.revision?.startsWith(target.revision) === false)
    throw new InferenceError(
      `${target.name} serves another revision of ${target.model} than ${target.revision}. Correct revision, or remove it.`,
      {
        kind: 'not_served',
        target: target.name,
        status: response.status,
        requestId: parsed.requestId,
        billing: 'billed',
      },
    );
  return parsed;
}
