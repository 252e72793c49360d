import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';

/** A target as `hansard.yaml` and the environment configure it: with its URL and its secret. */
export interface Target {
  readonly name: string;
  readonly role: Role;
  readonly contract: ContractName;
  /** The model string as configured; it is what the call key holds. */
  readonly model: string;
  readonly revision: string | null;
  /** Normalised: no trailing slash. */
  readonly baseUrl: string;
  /** The secrets themselves, of which a call takes one; empty: none is sent. Never in errors, logs or keys. */
  readonly apiTokens: readonly string[];
  /** The variable that the token came from, for messages: `HF_TOKEN`; null: none. */
  readonly tokenVariable: string | null;
  readonly billTo: string | null;
  readonly concurrency: number;
  readonly requestsPerMinute: number | null;
  readonly audioSeconds: number | null;
  readonly contextTokens: number | null;
  readonly bodyBytes: number | null;
  readonly coldStart: boolean;
  readonly label: string | null;
  /** In Hansard's own names; checked against what role and contract know. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Chat only: the answer is asked for as a stream of events, so that no gateway finds the connection idle. */
  readonly stream: boolean;
  /** Audio goes as an address from which the provider fetches it, not as bytes. */
  readonly audioByUrl: boolean;
  /** Result addresses may lie in private networks. */
  readonly privateDownloads: boolean;
  /** Hub repository of its `tokenizer.json`; null: that of the model. */
  readonly tokenizer: string | null;
  readonly price: Price | null;
  /** The Inference Endpoint behind it, where the management API is to be asked; null: there is none. */
  readonly endpoint: EndpointReference | null;
}

export type ParameterValue = number | string | boolean | readonly string[];

/** What the price book says, in US dollars; null where that unit is not charged or not known. */
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
  /** Whether a paused endpoint may be resumed, which costs from then on. */
  readonly resume: boolean;
  readonly apiTokens: readonly string[];
  readonly tokenVariable: string;
}
