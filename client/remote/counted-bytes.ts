import { createReadStream } from 'node:fs';

/** The bytes of a file, never whole in memory; says how many were taken. */
export async function* countedBytes(
  { path, bytes: of }: { readonly path: string; readonly bytes: number },
  onTaken: ((done: { readonly bytes: number; readonly of: number }) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const blocks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: BLOCK_BYTES });
  for await (const block of blocks) {
    bytes += block.length;
    yield block;
    onTaken?.({ bytes, of });
  }
}

const BLOCK_BYTES = 262_144;
