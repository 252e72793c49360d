import { createHash } from 'node:crypto';

/** Random numbers in [0, 1) that depend on the seed alone, so they are the same on every machine. */
export interface Random {
  readonly number: () => number;
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
}

/** SHA-256 in counter mode, with 8 words of 32 bits per block: no generator of our own to doubt. */
export function createRandom(seed: string | Uint8Array): Random {
  const key = createHash('sha256').update(seed).digest();
  let block = Buffer.alloc(0);
  let counter = 0;
  const number = () => {
    if (block.length === 0) {
      block = createHash('sha256').update(key).update(String(counter)).digest();
      counter += 1;
    }
    const word = block.readUInt32BE(0);
    block = block.subarray(4);
    return word / 2 ** 32;
  };
  return {
    number,
    between: (low, high) => low + (high - low) * number(),
    pick: (items) => items[Math.floor(number() * items.length)] ?? items[0],
  };
}
