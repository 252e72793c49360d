import { createReadStream } from 'node:fs';
import { mkdtempDisposable, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Target } from '../adapters/inference/targets/target.ts';
import { infer } from '../adapters/inference/call/infer.ts';
import { prepareCall } from '../adapters/inference/call/prepare-call.ts';
import { createTransport } from '../adapters/inference/wire/send.ts';

/**
 * Measures the resident memory of this process while it uploads a file of that length as the audio of a transcription.
 * Throws unless the stub server received every byte.
 */
export async function measureUpload(target: Target, bytes: number) {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'hansard-bench-'));
  const file = path.join(folder.path, 'audio');
  await writeFile(file, '');
  await truncate(file, bytes);
  const transport = createTransport({ userAgent: 'hansard-bench' });
  try {
    const upload = async (length: number): Promise<void> => {
      const call = prepareCall(target, 'transcribe', {
        audio: { length, open: () => createReadStream(file, { end: length - 1 }) },
        mediaType: 'audio/flac',
        url: null,
        durationSeconds: 60,
        language: null,
      });
      const { answer } = await infer(transport, call, {
        signal: new AbortController().signal,
        deadlineMs: 120_000,
      });
      const received = Number(answer.text);
      if (!(received > length && received < length + 4096))
        throw new Error(`the server received ${received} bytes of a file of ${length}`);
    };
    // Warm up: code, sockets and V8's uncollected buffers then belong to the start, as they do in a worker, and only what
    // a longer body adds is measured.
    await upload(Math.min(bytes, WARM_UP_BYTES));
    globalThis.gc?.();

    const startBytes = process.memoryUsage.rss();
    let peakBytes = startBytes;
    const sample = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }, 10);
    const startedAt = performance.now();
    try {
      await upload(bytes);
    } finally {
      clearInterval(sample);
    }
    return {
      startBytes,
      /** The peak minus the start. */
      growthBytes: peakBytes - startBytes,
      seconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    await transport.close();
  }
}

/** Enough for V8 to collect buffers once: their growth stops between 30 and 60 MiB for any length of the body. */
const WARM_UP_BYTES = 64 * 1024 * 1024;
