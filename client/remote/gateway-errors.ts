import { z } from 'zod';
import { CODES_OF_ERRORS } from '../gateway/error-codes.ts';
import type { GatewayAddress } from './gateway-address.ts';

/** What a gateway says of a request that it refuses; newer ones may know other codes. */
const problemSchema = z.object({
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
});

/** The error that an answer stands for: of the same name, and in the same words, as where the services are. */
export function errorOf(
  status: number,
  body: string,
  { place }: Pick<GatewayAddress, 'place'>,
): Error {
  const problem = problemSchema.safeParse(jsonOf(body)).data;
  if (problem === undefined && AWAY.has(status)) {
    return new GatewayError(
      `the gateway at ${place} (HANSARD_URL) does not answer now (status ${status}): try again in a while`,
      { isPassing: true },
    );
  }
  if (problem === undefined) return new NoGatewayError(place, `status ${status}`);
  const { code, detail, requestId } = problem;
  if (status === 401) {
    const setting = code.startsWith('signature_') ? 'HANSARD_SIGNING_KEY_FILE' : 'HANSARD_KEY';
    return new KeyRefusedError(`${setting}: ${detail}`);
  }
  if (status === 403) return new KeyRefusedError(detail);
  const name = NAMES.get(code);
  return name === undefined
    ? new GatewayError(`the gateway at ${place} (HANSARD_URL): ${detail} (request ${requestId})`, {
        code,
        isPassing: status >= 500 || status === 429,
      })
    : Object.assign(new Error(detail), { name });
}

/** Of what stands before a gateway that is started again, and of one that ends. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/** By code: the names by which the command line knows its exit codes. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(CODES_OF_ERRORS).map(([name, code]) => [code, name] as const),
  ['invalid_request', 'InvalidOptionError'],
]);

/** JSON, else what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nobody is let in with this key, or it may not do this. */
class KeyRefusedError extends Error {
  override readonly name = 'KeyRefusedError';
}

/** The gateway cannot do it, for reasons that have no name where the services are. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** Of its problem; null: it answered none. */
  readonly code: string | null;
  /** It may answer in a while. */
  readonly isPassing: boolean;

  constructor(
    message: string,
    { isPassing, code = null }: { readonly isPassing: boolean; readonly code?: string | null },
  ) {
    super(message);
    this.isPassing = isPassing;
    this.code = code;
  }
}

/** Who answers is no gateway of Hansard, or one that this command line does not understand. */
export class NoGatewayError extends Error {
  override readonly name = 'NoGatewayError';

  constructor(place: string, what: string) {
    super(
      `what answers at ${place} (HANSARD_URL) does not answer as the gateway of this version of Hansard does (${what}): check the address and the versions`,
    );
  }
}

/** Nobody answers, or the line broke. */
export class GatewayUnreachableError extends Error {
  override readonly name = 'GatewayUnreachableError';

  constructor(place: string, cause: unknown) {
    super(
      `the gateway at ${place} (HANSARD_URL) cannot be reached (${reasonOf(cause)}): check the address, and whether it runs`,
      { cause },
    );
  }
}

/** Of `fetch`, only the innermost cause says what happened. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
