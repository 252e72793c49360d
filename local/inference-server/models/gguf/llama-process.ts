/*
 * Answers chats by a GGUF model, in a process of its own: llama.cpp ends it when memory runs out, and the server goes on.
 * Arguments: the folder of node-llama-cpp, the path of the model. It speaks `messages.ts`, and ends with its parent.
 */
import { availableParallelism } from 'node:os';
import { toGrammarSchema } from './grammar-schema.ts';
import { loadRuntime, type HistoryItem } from './llama-runtime.ts';
import type { ChatTask, FromModel, ToModel } from './messages.ts';

/** A longer context takes more memory: with this one a model of 1.5 billion weights takes some 2 GB. */
const CONTEXT_TOKENS = 8192;

/**
 * Half of the cores: threads of llama.cpp wait for each other without sleeping. With one thread more than there are free
 * cores an answer of 2 seconds took 3 minutes.
 */
const THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

const send = (message: FromModel) => process.send?.(message);

const toHistory = ({ messages }: ChatTask): HistoryItem[] => [
  ...messages.map(({ role, content }): HistoryItem =>
    role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
  ),
  { type: 'model', response: [] },
];

async function load(runtimeFolder: string, modelPath: string) {
  const { getLlama, LlamaChat, getGbnfGrammarForGbnfJsonSchema } = await loadRuntime(runtimeFolder);
  const llama = await getLlama({
    build: 'never',
    maxThreads: THREADS,
    progressLogs: false,
    logLevel: 'error',
    // Not the standard output: the server's has one line.
    logger: (_level: string, message: string) => console.error(message),
  });
  const model = await llama.loadModel({ modelPath });
  const contextSize = Math.min(CONTEXT_TOKENS, model.trainContextSize);
  const context = await model.createContext({ contextSize, threads: THREADS });
  const sequence = context.getSequence();
  const chat = new LlamaChat({ contextSequence: sequence });

  /**
   * JSON on one line. Where lines may be broken, as in the library's own grammar of a schema, each has to be indented by
   * exactly so many spaces: a model of 1.5 billion weights broke the line after `[`, found no way into an object from
   * there, and left every list empty, whatever the prompt said.
   */
  const grammarOf = async (schema: object) => {
    const options = { allowNewLines: false };
    const grammar = getGbnfGrammarForGbnfJsonSchema(toGrammarSchema(schema), options);
    // As the library's own ends.
    return await llama.createGrammar({
      grammar,
      stopGenerationTriggers: ['\n'.repeat(4)],
      trimWhitespaceSuffix: true,
    });
  };

  const answer = async (task: ChatTask, signal: AbortSignal) => {
    const chatHistory = toHistory(task);
    const { contextText } = chat.chatWrapper.generateContextState({ chatHistory });
    const promptTokens = contextText.tokenize(model.tokenizer).length;
    if (promptTokens + task.maxTokens > context.contextSize) return { tooLong: { promptTokens } };
    const grammar =
      task.schema === null
        ? null
        : await grammarOf(task.schema).catch((error: unknown) => messageOf(error));
    if (typeof grammar === 'string') return { badSchema: grammar };
    const before = sequence.tokenMeter.usedOutputTokens;
    const { response, metadata } = await chat.generateResponse(chatHistory, {
      ...(grammar !== null && { grammar }),
      maxTokens: task.maxTokens,
      temperature: task.temperature,
      topP: task.topP,
      topK: task.topK,
      minP: task.minP,
      seed: task.seed,
      repeatPenalty: {
        penalty: task.repetitionPenalty ?? 1,
        frequencyPenalty: task.frequencyPenalty,
        presencePenalty: task.presencePenalty,
      },
      customStopTriggers: task.stops,
      budgets: { thoughtTokens: 0 },
      signal,
    });
    const completionTokens = sequence.tokenMeter.usedOutputTokens - before;
    const finishReason = metadata.stopReason === 'maxTokens' ? 'length' : 'stop';
    return { answer: { content: response, finishReason, promptTokens, completionTokens } as const };
  };
  return { contextTokens: context.contextSize, answer };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

process.once('disconnect', () => process.exit(0));
try {
  const [runtimeFolder = '', modelPath = ''] = process.argv.slice(2);
  const { contextTokens, answer } = await load(runtimeFolder, modelPath);
  const running = new Map<number, AbortController>();
  process.on('message', (message: ToModel) => {
    if ('abandon' in message) {
      running.get(message.abandon)?.abort(new Error('nobody waits for the answer'));
      return;
    }
    const { id, ...task } = message;
    const controller = new AbortController();
    running.set(id, controller);
    void answer(task, controller.signal)
      .catch((error: unknown) => ({ failed: messageOf(error) }))
      .then((outcome) => send({ id, ...outcome }))
      .finally(() => running.delete(id));
  });
  send({ contextTokens });
} catch (error) {
  send({ unusable: messageOf(error) });
}
