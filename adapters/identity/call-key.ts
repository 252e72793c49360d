import { digestOf } from './digest.ts';

/** Two paid calls are the same when these are equal: the work, and everything of the target that affects the answer. */
export interface Call {
  readonly workKey: string;
  readonly contract: string;
  readonly baseUrl: string;
  /** As configured; the model that answered is recorded in the result. */
  readonly model: string;
  /** Null: not pinned. */
  readonly revision: string | null;
  /** Every parameter that is sent in addition to the item. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Headers of the configuration as written, by which a gateway may choose the server; absent: there are none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** SHA-256 (hex). The ledger claims the call, and S3 stores its answer, under this key. */
export function callKey(call: Call): string {
  return digestOf({ ...call, baseUrl: normaliseBaseUrl(call.baseUrl) });
}

/** Without user name, password, fragment and trailing slashes: new credentials must not cause a second payment. */
function normaliseBaseUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
