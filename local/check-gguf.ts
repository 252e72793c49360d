import { open } from 'node:fs/promises';
import { GGUF_VARIABLE } from './config.ts';

/** Throws an error that names the variable if the path is not that of a GGUF file. */
export async function checkGguf(path: string): Promise<void> {
  const fault = await faultOf(path).catch((error: Error) => error.message);
  if (fault !== null) {
    throw new Error(`${GGUF_VARIABLE}=${path} cannot be used: ${fault}. Correct or unset it.`);
  }
}

async function faultOf(path: string): Promise<string | null> {
  await using file = await open(path);
  if (!(await file.stat()).isFile()) return 'it is not a file';
  const { buffer } = await file.read({ buffer: Buffer.alloc(4), position: 0 });
  if (buffer.toString('latin1') === 'GGUF') return null;
  return 'it is not a GGUF file, which begins with the letters GGUF';
}
