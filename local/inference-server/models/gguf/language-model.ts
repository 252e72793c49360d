import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  fromModelSchema,
  type ChatAnswer,
  type ChatTask,
  type FromModel,
  type ToModel,
} from './messages.ts';
import { ggufModelId } from './model-id.ts';

export interface LanguageModelOptions {
  /** The folder in which npm installed node-llama-cpp. */
  readonly runtime: string;
  /** Of the model: a GGUF file. */
  readonly path: string;
  /** Another program that speaks `messages.ts`. */
  readonly program?: string | URL;
}

/** Answers one chat at a time and queues the others. */
export interface LanguageModel {
  /** What requests call it. */
  readonly id: string;
  readonly contextTokens: number;
  /** Rejects with a `ChatRefusal` where the request is at fault. */
  readonly complete: (task: ChatTask, signal: AbortSignal) => Promise<ChatAnswer>;
  readonly close: () => Promise<void>;
}

/** A request that the model cannot answer, whatever is tried. */
export class ChatRefusal extends Error {
  override readonly name = 'ChatRefusal';
  readonly reason: { readonly promptTokens: number } | { readonly schema: string };

  constructor(reason: ChatRefusal['reason']) {
    super('the model cannot answer the request');
    this.reason = reason;
  }
}

/**
 * A GGUF model in a process of its own. Resolves once the model is loaded, and rejects where it cannot be. A process that
 * dies later fails its calls, and the next call starts another.
 */
export async function startLanguageModel(options: LanguageModelOptions): Promise<LanguageModel> {
  let process = await startProcess(options);
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    id: ggufModelId(options.path),
    contextTokens: process.contextTokens,
    complete: (task, signal) => {
      const call = last.then(async () => {
        signal.throwIfAborted();
        if (closed) throw new Error('the language model is closed');
        if (process.hasEnded()) process = await startProcess(options);
        return process.ask(task, signal);
      });
      last = call.catch(() => undefined);
      return call;
    },
    close: async () => {
      closed = true;
      await process.end();
    },
  };
}

async function startProcess({ runtime, path, program = PROGRAM }: LanguageModelOptions) {
  const child = fork(program, [runtime, path], { stdio: ['ignore', 2, 'inherit', 'ipc'] });
  const exited = once(child, 'exit').catch(() => undefined);
  const loaded = Promise.withResolvers<number>();
  const calls = new Map<number, PromiseWithResolvers<ChatAnswer>>();
  let ended = false;
  let lastId = 0;
  const end = (reason: string) => {
    ended = true;
    const error = new Error(`the process of ${path} ${reason}`);
    loaded.reject(error); // no effect once the model is loaded
    for (const call of calls.values()) call.reject(error);
    calls.clear();
  };
  child.once('error', (error) => end(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => end(`ended with ${code ?? signal}`));
  child.on('message', (message) => {
    const outcome = fromModelSchema.parse(message);
    if ('contextTokens' in outcome) loaded.resolve(outcome.contextTokens);
    else if ('unusable' in outcome) {
      loaded.reject(new Error(`the model ${path} cannot be used: ${outcome.unusable}`));
      child.kill('SIGKILL');
    } else {
      settle(calls.get(outcome.id), outcome);
      calls.delete(outcome.id);
    }
  });
  const post = (message: ToModel) => child.send(message, () => undefined); // `exit` reports a lost one
  return {
    contextTokens: await loaded.promise,
    hasEnded: () => ended,
    ask: async (task: ChatTask, signal: AbortSignal) => {
      lastId += 1;
      const id = lastId;
      const call = Promise.withResolvers<ChatAnswer>();
      calls.set(id, call);
      const abandon = () => post({ abandon: id });
      signal.addEventListener('abort', abandon);
      post({ id, ...task });
      return await call.promise.finally(() => signal.removeEventListener('abort', abandon));
    },
    end: async () => {
      if (!ended) child.kill('SIGKILL');
      await exited;
    },
  };
}

const PROGRAM = new URL('./llama-process.ts', import.meta.url);

type Outcome = Extract<FromModel, { id: number }>;

function settle(call: PromiseWithResolvers<ChatAnswer> | undefined, outcome: Outcome): void {
  if ('answer' in outcome) call?.resolve(outcome.answer);
  else if ('tooLong' in outcome) call?.reject(new ChatRefusal(outcome.tooLong));
  else if ('badSchema' in outcome) call?.reject(new ChatRefusal({ schema: outcome.badSchema }));
  else call?.reject(new Error(`the language model failed: ${outcome.failed}`));
}
