import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  AudioTooLong,
  transcriptionSchema,
  UnreadableAudio,
  type Transcriber,
  type Transcription,
} from './transcriber.ts';

const script = fileURLToPath(new URL('transcriber.py', import.meta.url));

const messageSchema = z.union([
  z.object({ ready: z.object({ languages: z.array(z.string()) }) }),
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

/**
 * Whisper in a Python child process. Resolves once the model is loaded; rejects when the child ends before that. A child
 * that dies later fails its calls, and the next call starts another.
 */
export async function startWhisper(options: WhisperOptions): Promise<Transcriber> {
  let child = await startChild(options);
  return {
    name: 'faster-whisper-base-int8',
    languages: child.languages,
    transcribe: async ({ audio, ...request }) => {
      if (child.hasEnded()) child = await startChild(options);
      return child.ask(request, audio);
    },
    close: () => child.close(),
  };
}

interface Child {
  readonly languages: ReadonlySet<string>;
  readonly hasEnded: () => boolean;
  readonly ask: (request: object, audio: Uint8Array) => Promise<Transcription>;
  readonly close: () => Promise<void>;
}

function startChild({ python, modelFolder }: WhisperOptions): Promise<Child> {
  const child = spawn(python, ['-u', script, modelFolder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  });
  const calls = new Map<number, PromiseWithResolvers<Transcription>>();
  const ready = Promise.withResolvers<Child>();
  let ended = false;
  let lastId = 0;
  const end = (reason: string) => {
    ended = true;
    const error = new Error(`the transcriber ${reason}`);
    ready.reject(error); // no effect once the model is loaded
    for (const call of calls.values()) call.reject(error);
    calls.clear();
  };
  child.once('error', (error) => end(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => end(`ended with ${code ?? signal}`));
  child.stdin.on('error', () => undefined); // a broken pipe: `exit` follows and reports it
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = messageSchema.parse(JSON.parse(line));
    if ('ready' in message) {
      ready.resolve({
        languages: new Set(message.ready.languages),
        hasEnded: () => ended,
        ask: (request, audio) => {
          lastId += 1;
          const call = Promise.withResolvers<Transcription>();
          calls.set(lastId, call);
          child.stdin.write(`${JSON.stringify({ id: lastId, bytes: audio.length, ...request })}\n`);
          child.stdin.write(audio);
          return call.promise;
        },
        close: async () => {
          if (ended) return;
          const exit = once(child, 'exit');
          child.stdin.end();
          await exit;
        },
      });
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if ('transcription' in message) call?.resolve(message.transcription);
    else call?.reject(toError(message.error));
  });
  return ready.promise;
}

function toError({ kind, message }: { kind: string; message: string }): Error {
  if (kind === 'unreadable') return new UnreadableAudio(message);
  return kind === 'tooLong' ? new AudioTooLong(message) : new Error(message);
}
