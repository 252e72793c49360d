import { z } from 'zod';
import type {
  DiarizeAnswer,
  LabelsAnswer,
  SummarizeAnswer,
  TranscribeAnswer,
} from '../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Target } from '../targets/target.ts';
import type { ErrorTraits } from '../verdicts/verdict.ts';
import type { ByteSource, WireRequest, WireResponse } from '../wire/wire-message.ts';
import type { ProbeQuestion } from './forms/probe-question.ts';
import type { AnswerSchema } from './forms/response-format.ts';
import type { WirePlaces } from './forms/wire-parameters.ts';
import type { ReplyFacts } from './reading/response-facts.ts';

/**
 * Everything Hansard knows about one wire format. A contract is one file in this folder and one line in
 * `contract-table.ts`. Every trait is required, so the compiler names the ones that a new contract lacks.
 */
export interface WireContract {
  readonly traits: ContractTraits;
  /** The configuration refuses every role that is missing here. */
  readonly roles: { readonly [R in Role]?: RoleContract<R> };
}

export interface ContractTraits extends ErrorTraits {
  /** Hugging Face's router speaks it and is the default server. Null: users run such servers, and a target must name its `url`. */
  readonly router: RouterTraits | null;
  /** The end of a URL that users copy from manuals and that the contract adds itself. Removed from `url`. */
  readonly ownRoute: RegExp | null;
  readonly authorizationScheme: (target: Pick<Target, 'baseUrl'>) => 'Bearer' | 'Key';
  readonly audio: {
    /** FLAC is half as long as WAV, and nearly every server reads it. */
    readonly form: 'flac' | 'wav';
    /** Takes an https address instead of the bytes. */
    readonly byUrl: boolean;
    /** False: without a language it takes all speech for English. */
    readonly detectsLanguage: boolean;
    /** Tells when each word was said, where it is asked to. */
    readonly tellsWords: boolean;
  };
  /** Can answer a chat as a stream of events. */
  readonly streams: boolean;
  /** What is wrong with a model's name, to follow "model"; null: nothing. The general form is checked already. */
  readonly whyNotModel: (model: string) => string | null;
  /** The free request by which `hansard models check` sees whether a server of this contract is up. */
  readonly probeQuestion: (target: Target) => ProbeQuestion;
}

export interface RouterTraits {
  /** The provider behind the router that serves it, as the hub knows it. Null: the router chooses one per model. */
  readonly provider: {
    readonly name: string;
    /** `hub`: models have their names on the hub. `provider`: they may have the provider's own, which the hub does not know. */
    readonly modelNames: 'hub' | 'provider';
    /** The hub's tasks that serve a role, where they differ from the usual ones. */
    readonly tasks: { readonly [R in Role]?: readonly string[] };
  } | null;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The input of each role. */
export interface Inputs {
  readonly transcribe: {
    readonly audio: Uint8Array | ByteSource;
    readonly mediaType: 'audio/flac' | 'audio/x-wav';
    /** The provider can fetch the audio here for some minutes; null unless the target has `audioByUrl`. */
    readonly url: string | null;
    readonly durationSeconds: number;
    /** Text that only repeats itself is an answer: a later stage asks for its parts again. Absent: it is refused. */
    readonly acceptsLoop?: boolean;
    /** ISO 639-1; null: the engine detects the language. */
    readonly language: string | null;
    /** Ask for the times of each word, of a contract that `tellsWords`. */
    readonly words?: boolean;
  };
  readonly diarize: {
    /** All of the recording: Ogg Opus, or WAV for those who do not read it. */
    readonly audio: Uint8Array | ByteSource;
    readonly mediaType: 'audio/ogg' | 'audio/x-wav';
    /** As in `transcribe`. */
    readonly url: string | null;
    readonly durationSeconds: number;
  };
  readonly summarize: Inputs['generate'] & {
    readonly schema: AnswerSchema;
    /** Only the text to summarise, for models that take no instructions. */
    readonly text: string;
  };
  readonly generate: {
    readonly messages: readonly ChatMessage[];
    readonly maxTokens: number;
    readonly temperature: number;
    /** The form of the answer; absent: free text. */
    readonly schema?: AnswerSchema | null;
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

/** The answer of each role. A picture comes as bytes; the paid call stores them in quarantine. */
export interface Answers {
  readonly transcribe: TranscribeAnswer;
  readonly diarize: DiarizeAnswer;
  readonly summarize: SummarizeAnswer;
  readonly illustrate: {
    readonly bytes: Uint8Array;
    readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  };
  readonly moderate: LabelsAnswer;
  readonly classify: LabelsAnswer;
  /** `isCutOff`: it ended at its `maxTokens`. */
  readonly generate: { readonly text: string; readonly isCutOff?: true };
  /** One vector per text, in order, all of the same length. */
  readonly embed: { readonly vectors: readonly (readonly number[])[] };
}

export interface Parsed<R extends Role> extends ReplyFacts {
  readonly answer: Answers[R];
}

/**
 * How one contract serves one role. All functions are pure. `parseResponse` is called for a status of 2xx only and
 * throws `InferenceError` of kind `provider_bug` when the body does not follow the contract.
 */
export interface RoleContract<R extends Role, Result extends Reply<R> = Reply<R>> {
  /** Where each parameter goes in the request. The configuration refuses parameters that have no place. */
  readonly places: WirePlaces;
  readonly buildRequest: (input: Inputs[R], target: Target) => WireRequest;
  readonly parseResponse: (response: WireResponse, input: Inputs[R], target: Target) => Result;
  /** Asks for the state of queued work; absent: the contract never answers with a ticket. */
  readonly follow?: {
    readonly buildRequest: (ticket: Ticket, target: Target) => WireRequest;
    /** Throws `InferenceError` when the provider reports that the work failed. */
    readonly parseResponse: (
      response: WireResponse,
      ticket: Ticket,
      input: Inputs[R],
      target: Target,
    ) => Result;
  };
}

/** The result itself, or the way to it. */
export type Reply<R extends Role> = Parsed<R> | Unfinished | Elsewhere<R> | TextElsewhere<R>;

/** The provider accepted the work, will bill it, and has not finished. */
export interface Unfinished {
  readonly ticket: Ticket;
  /** Wait before the next request for its state; 0: none. */
  readonly waitMs: number;
}

/** The result is a file at this address. It is fetched without credentials. */
export interface Elsewhere<R extends Role> {
  readonly pictureUrl: string;
  readonly complete: (picture: Answers['illustrate']) => Parsed<R>;
}
interface TextElsewhere<R extends Role> {
  readonly textUrl: string;
  /** As `parseResponse`, throws when the text cannot be the result. */
  readonly read: (text: string) => Parsed<R>;
}

/**
 * Finds queued work again, from another worker too: the ledger keeps it while the work runs. The path is joined to the
 * target's own base URL, so it cannot lead to another server.
 */
export const ticketSchema = z.object({
  id: z.string().min(1).max(200),
  /** On the target's own server: what follows `baseUrl`, starting with a slash. */
  path: z.string().max(1000).startsWith('/'),
  /** How far the work is, in the contract's own words. */
  phase: z.string().max(40),
  /** `markOf` the token that submitted the work: other accounts cannot see it. Contracts leave it unset. */
  handedInBy: z.string().max(64).optional(),
});
export type Ticket = Readonly<z.infer<typeof ticketSchema>>;
