import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  transcriptionSchema,
  UnusableAudio,
  type TranscribeRequest,
  type Transcriber,
  type Transcription,
} from './transcriber.ts';

const script = fileURLToPath(new URL('transcriber.py', import.meta.url));

const messageSchema = z.union([
  z.object({ languages: z.array(z.string()) }),
  z.object({ id: z.number(), transcription: transcriptionSchema }),
  z.object({
    id: z.number(),
    error: z.object({ kind: z.enum(['unreadable', 'tooLong', 'failed']), message: z.string() }),
  }),
]);

interface WhisperOptions {
  readonly python: string;
  readonly modelFolder: string;
}

/** Requests that are worked on at the same time, as many as `local/hansard.yaml` lets its target have. */
const WORKERS = 2;

/**
 * Whisper in a Python child process. Resolves once the model is loaded; rejects when the child ends before that. A child
 * that dies later fails its calls, and the next call starts another.
 */
export async function startWhisper(options: WhisperOptions): Promise<Transcriber> {
  let child = await startChild(options);
  /** Null: none is starting. */
  let next: Promise<typeof child> | null = null;
  const restart = async () => {
    next ??= startChild(options);
    try {
      child = await next;
    } finally {
      next = null;
    }
  };
  return {
    name: 'faster-whisper-base-int8',
    languages: child.languages,
    transcribe: async (request) => {
      if (child.hasEnded()) await restart();
      return child.ask(request);
    },
    close: () => child.close(),
  };
}

async function startChild({ python, modelFolder }: WhisperOptions) {
  const child = spawn(python, ['-u', script, modelFolder, String(WORKERS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  });
  const calls = new Map<number, PromiseWithResolvers<Transcription>>();
  const loaded = Promise.withResolvers<readonly string[]>();
  let ended = false;
  let lastId = 0;
  const end = (reason: string) => {
    ended = true;
    const error = new Error(`the transcriber ${reason}`);
    loaded.reject(error); // no effect once the model is loaded
    for (const call of calls.values()) call.reject(error);
    calls.clear();
  };
  child.once('error', (error) => end(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => end(`ended with ${code ?? signal}`));
  child.stdin.on('error', () => undefined); // a broken pipe: `exit` follows and reports it
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = messageSchema.parse(JSON.parse(line));
    if ('languages' in message) {
      loaded.resolve(message.languages);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if ('transcription' in message) call?.resolve(message.transcription);
    else call?.reject(toError(message.error));
  });
  return {
    languages: new Set(await loaded.promise),
    hasEnded: () => ended,
    ask: ({ audio, limitSeconds = null, ...options }: TranscribeRequest) => {
      lastId += 1;
      const call = Promise.withResolvers<Transcription>();
      calls.set(lastId, call);
      const message = { id: lastId, bytes: audio.length, limitSeconds, options };
      child.stdin.write(`${JSON.stringify(message)}\n`);
      child.stdin.write(audio);
      return call.promise;
    },
    close: async () => {
      if (ended) return;
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

const toError = ({ kind, message }: { kind: 'failed' | UnusableAudio['kind']; message: string }) =>
  kind === 'failed' ? new Error(message) : new UnusableAudio(kind, message);
