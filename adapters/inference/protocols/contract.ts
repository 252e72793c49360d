import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';
import type {
  LabelsAnswer,
  SummarizeAnswer,
  TranscribeAnswer,
  Usage,
} from '../../../workflows/contracts/stored-results.ts';

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

export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** What each role is asked. */
export interface Inputs {
  readonly transcribe: {
    readonly audio: Uint8Array | ByteSource;
    readonly mediaType: 'audio/flac' | 'audio/x-wav';
    /** From which the provider may fetch the audio for some minutes; null unless the target has `audioByUrl`. */
    readonly url: string | null;
    readonly durationSeconds: number;
    /** ISO 639-1; null: the engine detects it. */
    readonly language: string | null;
  };
  readonly summarize: {
    readonly messages: readonly ChatMessage[];
    readonly schema: { readonly name: string; readonly json: Readonly<Record<string, unknown>> };
    readonly maxTokens: number;
    readonly temperature: number;
    /** The bare text to be summarised, for summarisers that take no instructions. */
    readonly text: string;
  };
  readonly generate: {
    readonly messages: readonly ChatMessage[];
    readonly maxTokens: number;
    readonly temperature: number;
  };
  readonly embed: { readonly texts: readonly string[] };
  readonly illustrate: {
    readonly prompt: string;
    readonly negativePrompt: string;
    readonly width: number;
    readonly height: number;
    readonly seed: number;
  };
  readonly moderate: { readonly image: Uint8Array; readonly mediaType: string };
  readonly classify: { readonly text: string };
}

/** What each role answers. A picture comes as bytes; the paid call puts them into quarantine. */
export interface Answers {
  readonly transcribe: TranscribeAnswer;
  readonly summarize: SummarizeAnswer;
  readonly illustrate: {
    readonly bytes: Uint8Array;
    readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  };
  readonly moderate: LabelsAnswer;
  readonly classify: LabelsAnswer;
  readonly generate: { readonly text: string };
  /** One vector a text, in order, all of one length. */
  readonly embed: { readonly vectors: readonly (readonly number[])[] };
}

/** Bytes that need not lie in memory; each `open` begins anew. */
export interface ByteSource {
  /** Exact: it becomes `content-length`. */
  readonly length: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface WireRequest {
  readonly method: 'POST' | 'GET';
  readonly url: string;
  /** Lower-case names, without authorization: `send` adds that. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | ByteSource | null;
  /** Every parameter sent beside the item itself: part of the call key. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface WireResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface Parsed<R extends Role> {
  readonly answer: Answers[R];
  readonly usage: Usage;
  readonly provider: string | null;
  readonly servedModel: string | null;
  readonly revision: string | null;
  readonly requestId: string | null;
}

/**
 * The wire facts of one contract for one role. Both functions are pure. `parseResponse` is called with a status
 * of 2xx only and throws `InferenceError` of kind `provider_bug` when the body is not what the contract says.
 */
export interface Contract<R extends Role> {
  readonly buildRequest: (input: Inputs[R], target: Target) => WireRequest;
  readonly parseResponse: (response: WireResponse, input: Inputs[R], target: Target) => Parsed<R>;
}

/** A contract whose first answer may not be the result: the work is queued, or the result lies elsewhere. */
export interface DetouredContract<R extends Role> {
  readonly buildRequest: (input: Inputs[R], target: Target) => WireRequest;
  readonly parseResponse: (response: WireResponse, input: Inputs[R], target: Target) => Reply<R>;
  /** Asks after queued work; absent: the contract never answers with a ticket. */
  readonly follow?: {
    readonly buildRequest: (ticket: Ticket, target: Target) => WireRequest;
    /** Throws `InferenceError` where the provider says that the work failed. */
    readonly parseResponse: (
      response: WireResponse,
      ticket: Ticket,
      input: Inputs[R],
      target: Target,
    ) => Reply<R>;
  };
}

/** What one contract can do, by role. */
export type RoleContracts = { readonly [R in Role]?: DetouredContract<R> };

export type Reply<R extends Role> = Parsed<R> | Unfinished | Elsewhere<R>;

/** The provider took the work, will bill it, and is still at it. */
export interface Unfinished {
  readonly ticket: Ticket;
  /** Before the next question; 0: at once. */
  readonly waitMs: number;
}

/** The result is a file at this address, which we fetch without credentials. */
export interface Elsewhere<R extends Role> {
  readonly pictureUrl: string;
  readonly complete: (picture: Answers['illustrate']) => Parsed<R>;
}

/** What finds queued work again, also for another worker: it is kept in the ledger while the work runs. */
export interface Ticket {
  readonly id: string;
  /** On the target's own server: what follows `baseUrl`, beginning with a slash. */
  readonly path: string;
  /** The contract's own word for how far it has come. */
  readonly phase: string;
  /** `markOf` the token that handed the work in: to another account it may not be shown. Contracts do not know it. */
  readonly handedInBy?: string | undefined;
}
