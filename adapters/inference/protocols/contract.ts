import type { Role } from '../../../workflows/contracts/targets.ts';
import type {
  LabelsAnswer,
  SummarizeAnswer,
  TranscribeAnswer,
  Usage,
} from '../../../workflows/contracts/stored-results.ts';
import type { Target } from '../targets/target.ts';
import type { ByteSource, WireRequest, WireResponse } from '../wire/wire-message.ts';

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
