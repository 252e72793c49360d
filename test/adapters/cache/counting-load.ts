import type { Load, Loaded } from '../../../adapters/cache/cache.ts';

export interface CountingLoad {
  readonly load: Load;
  readonly calls: () => number;
}

/** A load that is counted: of a text, or of whatever the function answers. */
export function countingLoad(answer: string | (() => Promise<Loaded | null>)): CountingLoad {
  let calls = 0;
  return {
    load: async () => {
      calls += 1;
      return typeof answer === 'string' ? { value: Buffer.from(answer) } : answer();
    },
    calls: () => calls,
  };
}

export const textOf = ({ value }: { readonly value: Uint8Array | null }): string | null =>
  value === null ? null : Buffer.from(value).toString();
