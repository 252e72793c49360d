import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

const script = join(import.meta.dirname, 'onnx_runner.py');
const answerSchema = z.object({ shape: z.array(z.int().min(0)) });

export interface OnnxRunner {
  /** The first output of a model, by its place in the list; calls wait for each other. */
  readonly run: (
    model: number,
    values: Float32Array,
    shape: readonly number[],
  ) => Promise<Float32Array<ArrayBuffer>>;
  readonly close: () => Promise<void>;
}

/** Models of one input and one output in a Python process with onnxruntime. A process that ends fails its calls. */
export function startOnnxRunner(python: string, models: readonly string[]): OnnxRunner {
  const child = spawn(python, [script, ...models], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close').catch(() => undefined);
  let failure: Error | null = null;
  const fail = (reason: string) => {
    failure ??= new Error(`the process that runs the speaker models ${reason}`);
  };
  child.once('error', (error) => fail(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
  child.stdin.on('error', () => undefined); // a broken pipe: `exit` follows and reports it
  const output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let unread: Buffer = Buffer.alloc(0);
  const readMore = async () => {
    const next = await output.next();
    if (next.done !== true) {
      unread = unread.length === 0 ? next.value : Buffer.concat([unread, next.value]);
      return;
    }
    await exited;
    fail('ended');
    throw failure;
  };
  const readAnswer = async (): Promise<Float32Array<ArrayBuffer>> => {
    while (!unread.includes(LINE_END)) await readMore();
    const end = unread.indexOf(LINE_END);
    const { shape } = answerSchema.parse(JSON.parse(unread.subarray(0, end).toString()));
    const bytes = new Uint8Array(4 * shape.reduce((product, size) => product * size, 1));
    unread = unread.subarray(end + 1);
    for (let at = 0; ; await readMore()) {
      const part = unread.subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
      unread = unread.subarray(part.length);
      if (at === bytes.length) return new Float32Array(bytes.buffer);
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (model, values, shape) => {
      const call = last.then(() => {
        if (failure !== null) throw failure;
        child.stdin.write(`${JSON.stringify({ model, shape })}\n`);
        child.stdin.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
        return readAnswer();
      });
      last = call.catch(() => undefined);
      return call;
    },
    close: async () => {
      child.kill();
      child.stdout.destroy(); // unread output would keep `close` from coming
      await exited;
    },
  };
}

const LINE_END = 10;
