import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * The part of node-llama-cpp's API that is used here. The package is installed on demand into a folder of its own, so its
 * own types are not at hand.
 */

interface Grammar {
  readonly dispose?: () => void;
}

interface Model {
  readonly tokenizer: unknown;
  readonly trainContextSize: number;
  readonly createContext: (options: object) => Promise<{
    readonly contextSize: number;
    readonly getSequence: () => Sequence;
  }>;
  readonly tokenize: (text: string) => readonly number[];
}

interface Sequence {
  readonly tokenMeter: { readonly usedOutputTokens: number };
}

export type HistoryItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] };

interface Chat {
  readonly chatWrapper: {
    readonly generateContextState: (state: { readonly chatHistory: readonly HistoryItem[] }) => {
      readonly contextText: { readonly tokenize: (tokenizer: unknown) => readonly number[] };
    };
  };
  readonly generateResponse: (
    history: readonly HistoryItem[],
    options: object,
  ) => Promise<{
    readonly response: string;
    readonly metadata: { readonly stopReason: string };
  }>;
}

interface Runtime {
  readonly getLlama: (options: object) => Promise<{
    readonly loadModel: (options: object) => Promise<Model>;
    readonly createGrammar: (options: object) => Promise<Grammar>;
  }>;
  readonly LlamaChat: new (options: { readonly contextSequence: Sequence }) => Chat;
}

interface GrammarText {
  /** A grammar in the words of llama.cpp. Throws if it cannot be made. */
  readonly getGbnfGrammarForGbnfJsonSchema: (
    schema: object,
    options: { readonly allowNewLines: boolean },
  ) => string;
}

/** Loads node-llama-cpp from the folder in which npm installed it, in the version that provisioning names. */
export async function loadRuntime(folder: string): Promise<Runtime & GrammarText> {
  const load = async (...path: string[]): Promise<unknown> => {
    const file = join(folder, 'node_modules', 'node-llama-cpp', 'dist', ...path);
    return await import(pathToFileURL(file).href);
  };
  const runtime = (await load('index.js')) as Runtime;
  const name = 'getGbnfGrammarForGbnfJsonSchema';
  const { [name]: toText } = (await load('utils', 'gbnfJson', `${name}.js`)) as GrammarText;
  return { getLlama: runtime.getLlama, LlamaChat: runtime.LlamaChat, [name]: toText };
}
