import type { ContractName, Role } from '../../workflows/contracts/targets.ts';
import type {
  LabelsAnswer,
  SummarizeAnswer,
  TranscribeAnswer,
  Usage,
} from '../../workflows/contracts/stored-results.ts';

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
  /** The secret itself; null: none is sent. Never in errors, logs or keys. */
  readonly token: string | null;
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
}

export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** What each role is asked. */
export interface Inputs {
  readonly transcribe: {
    readonly audio: Uint8Array;
    readonly mediaType: 'audio/flac';
    readonly durationSeconds: number;
    /** ISO 639-1; null: the engine detects it. */
    readonly language: string | null;
  };
  readonly summarize: {
    readonly messages: readonly ChatMessage[];
    readonly schema: { readonly name: string; readonly json: Readonly<Record<string, unknown>> };
    readonly maxTokens: number;
    readonly temperature: number;
  };
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
}

export interface WireRequest {
  readonly method: 'POST' | 'GET';
  readonly url: string;
  /** Lower-case names, without authorization: `send` adds that. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
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
