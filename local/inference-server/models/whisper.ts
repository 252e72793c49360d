import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AudioTooLong, UnreadableAudio } from './transcriber.ts';
import type { Transcriber, Transcription } from './transcriber.ts';

const script = fileURLToPath(new URL('transcriber.py', import.meta.url));

const segmentSchema = z.object({
  seek: z.number(),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  tokens: z.array(z.number()),
  temperature: z.number(),
  avg_logprob: z.number(),
  compression_ratio: z.number(),
  no_speech_prob: z.number(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).nullable(),
});

const messageSchema = z.union([
  z.object({ ready: z.object({ languages: z.array(z.string()) }) }),
  z.object({
    id: z.number(),
    transcription: z.object({
      language: z.string(),
      durationSeconds: z.number(),
      segments: z.array(segmentSchema),
    }),
  }),
  z.object({
    id: z.number(),
    error: z.object({ kind: z.enum(['unreadable', 'tooLong', 'failed']), message: z.string() }),
  }),
]);

type Child = ChildProcessByStdio<Writable, Readable, null>;
interface Waiting {
  readonly resolve: (transcription: Transcription) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Whisper in a Python child of ours. Resolves once the model is loaded; rejects when the child ends before
 * that. A child that dies later fails the calls it had, and the next call starts another.
 */
export async function startWhisper(options: {
  readonly python: string;
  readonly modelFolder: string;
}): Promise<Transcriber> {
  let current = await startChild(options);
  let next = 0;
  return {
    name: 'faster-whisper-base-int8',
    languages: current.languages,
    transcribe: async ({ audio, ...request }) => {
      if (current.ended()) current = await startChild(options);
      next += 1;
      return current.ask(next, request, audio);
    },
    close: () => current.close(),
  };
}

type RunningChild = ReturnType<typeof toRunning>;

function startChild(options: {
  readonly python: string;
  readonly modelFolder: string;
}): Promise<RunningChild> {
  const child: Child = spawn(options.python, ['-u', script, options.modelFolder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  });
  const waiting = new Map<number, Waiting>();
  return new Promise((resolve, reject) => {
    let ended = false;
    const end = (reason: string) => {
      ended = true;
      const error = new Error(`the transcriber ${reason}`);
      reject(error); // without effect once the model is loaded
      for (const call of waiting.values()) call.reject(error);
      waiting.clear();
    };
    child.once('error', (error) => end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => end(`ended with ${code ?? signal}`));
    child.stdin.on('error', () => undefined); // a broken pipe: `exit` follows and says it
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = messageSchema.parse(JSON.parse(line));
      if ('ready' in message) {
        const languages = new Set(message.ready.languages);
        resolve(toRunning(child, { waiting, languages, ended: () => ended }));
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if ('transcription' in message) call?.resolve(message.transcription);
      else call?.reject(toError(message.error));
    });
  });
}

function toRunning(
  child: Child,
  state: {
    readonly waiting: Map<number, Waiting>;
    readonly languages: ReadonlySet<string>;
    readonly ended: () => boolean;
  },
) {
  return {
    languages: state.languages,
    ended: state.ended,
    ask: (id: number, request: object, audio: Uint8Array): Promise<Transcription> =>
      new Promise((resolve, reject) => {
        state.waiting.set(id, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id, bytes: audio.length, ...request })}\n`);
        child.stdin.write(audio);
      }),
    close: async () => {
      if (state.ended()) return;
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

function toError(error: { kind: 'unreadable' | 'tooLong' | 'failed'; message: string }): Error {
  if (error.kind === 'unreadable') return new UnreadableAudio(error.message);
  if (error.kind === 'tooLong') return new AudioTooLong(error.message);
  return new Error(error.message);
}
