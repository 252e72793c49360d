import type { ContractName } from '../../workflows/contracts/targets.ts';
import { digestOf } from './digest.ts';

/** What makes two paid calls the same: the work, and everything of the target that shapes the answer. */
export interface Call {
  readonly workKey: string;
  readonly contract: ContractName;
  readonly baseUrl: string;
  /** As configured; the served model is recorded in the result. */
  readonly model: string;
  /** Null: not pinned. */
  readonly revision: string | null;
  /** Every parameter sent beside the item itself. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** SHA-256 (hex): under it the ledger claims the call and S3 keeps its answer. */
export function callKey(call: Call): string {
  return digestOf({ ...call, baseUrl: normaliseBaseUrl(call.baseUrl) });
}

/** Without user name, password, fragment and trailing slashes, so that credentials rotate without paying again. */
function normaliseBaseUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
