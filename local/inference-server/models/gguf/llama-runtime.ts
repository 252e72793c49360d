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
    readonly createGrammarForJsonSchema: (schema: object) => Promise<Grammar>;
  }>;
  readonly LlamaChat: new (options: { readonly contextSequence: Sequence }) => Chat;
}

/** Loads node-llama-cpp from the folder in which npm installed it. */
export const loadRuntime = async (folder: string): Promise<Runtime> =>
  (await import(
    pathToFileURL(join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')).href
  )) as Runtime;
