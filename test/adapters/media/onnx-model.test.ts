import * as ort from 'onnxruntime-web/wasm';
import { expect, test } from 'vitest';
import { readOnnxWeights, writeOnnxModel } from '../../../adapters/media/onnx-model.ts';
import { sileroGraph } from '../../../adapters/media/silero-graph.ts';

const scaled = writeOnnxModel({
  nodes: [
    { operator: 'Mul', inputs: ['x', 'by'], outputs: ['product'], attributes: {} },
    { operator: 'Concat', inputs: ['product', 'x'], outputs: ['y'], attributes: { axis: 1 } },
  ],
  weights: new Map([['by', { dims: [1, 2], data: Float32Array.of(2, -0.5) }]]),
  inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
  outputs: [{ name: 'y', type: 'float', dims: ['rows', 4] }],
});

test('a written model runs, and its weights are read again', async () => {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(scaled);
  const x = new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]);
  const { y } = await session.run({ x });
  expect(y?.data).toEqual(Float32Array.of(2, -1, 1, 2, 6, -2, 3, 4));
  expect(readOnnxWeights(scaled)).toEqual(
    new Map([['by', { dims: [1, 2], data: Float32Array.of(2, -0.5) }]]),
  );
});

test('a model that is cut off is refused', () => {
  expect(() => readOnnxWeights(scaled.subarray(0, scaled.length - 20))).toThrow(RangeError);
});

test('weights of another model are refused by name', () => {
  expect(() => sileroGraph(readOnnxWeights(scaled))).toThrow(/Silero VAD v5: stft/);
});
