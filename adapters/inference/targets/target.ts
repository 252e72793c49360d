import type { Role } from '../../../workflows/contracts/targets.ts';

/** One configured model at one server, with its URL and its secrets. */
export interface Target {
  readonly name: string;
  readonly role: Role;
  /** A name in the table of `protocols/`. */
  readonly contract: string;
  /** As configured. Part of the call key. */
  readonly model: string;
  readonly revision: string | null;
  /** Normalised: no trailing slash. */
  readonly baseUrl: string;
  /** The secrets. A call uses one of them; empty: none is sent. Never in errors, logs or keys. */
  readonly apiTokens: readonly string[];
  /** The variable that holds the token, for messages: `HF_TOKEN`; null: none. */
  readonly tokenVariable: string | null;
  readonly billTo: string | null;
  /** Of every request, by their names in lower case. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly concurrency: number;
  readonly requestsPerMinute: number | null;
  readonly audioSeconds: number | null;
  readonly contextTokens: number | null;
  readonly bodyBytes: number | null;
  readonly coldStart: boolean;
  readonly label: string | null;
  /** Under Hansard's own names; only those that role and contract support. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Chat only: request the answer as a stream of events, so that gateways do not cut an idle connection. */
  readonly stream: boolean;
  /** Send the address of the audio instead of its bytes; the provider fetches it. */
  readonly audioByUrl: boolean;
  /** Result addresses may be in private networks. */
  readonly privateDownloads: boolean;
  /** Hub repository of its `tokenizer.json`; null: the model's own. */
  readonly tokenizer: string | null;
  readonly price: Price | null;
  /** The Inference Endpoint that serves it, for the management API; null: there is none. */
  readonly endpoint: EndpointReference | null;
}

export type ParameterValue = number | string | boolean | readonly string[];

export interface HeaderValue {
  /** As configured, with variables: no secret. Gateways choose server, model and account by it, so it is part of keys. */
  readonly written: string;
  /** What is sent. It may be a secret: never in errors, logs or keys. */
  readonly value: string;
}

/** In US dollars; null where the unit is not charged or its price is unknown. */
export interface Price {
  readonly inputPerMillion: number | null;
  readonly outputPerMillion: number | null;
  readonly perAudioMinute: number | null;
  readonly perImage: number | null;
  readonly perComputeSecond: number | null;
}

export interface EndpointReference {
  readonly namespace: string;
  readonly name: string;
  /** Whether a paused endpoint may be resumed, which then costs money. */
  readonly resume: boolean;
  readonly apiTokens: readonly string[];
  readonly tokenVariable: string;
}

/** `owner/name:suffix`. At the router the suffix is a provider or a policy by which it chooses one; at Replicate a version. */
export function splitModelSuffix(model: string): {
  readonly name: string;
  readonly suffix: string | null;
} {
  const colon = model.lastIndexOf(':');
  return colon === -1
    ? { name: model, suffix: null }
    : { name: model.slice(0, colon), suffix: model.slice(colon + 1) };
}

/** A model's name as part of a path: its slashes stay. */
export const modelPath = (model: string): string =>
  model.split('/').map(encodeURIComponent).join('/');
