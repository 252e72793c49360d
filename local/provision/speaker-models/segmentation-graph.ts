import { GraphBuilder, inOnnxOrder } from '../../../adapters/media/onnx-graph-builder.ts';
import type { OnnxGraph } from '../../../adapters/media/onnx-model.ts';
import type { Weights } from './weights.ts';

/** Width of each direction of the recurrent layers. */
const HIDDEN = 128;
const GATES = 4 * HIDDEN;

/**
 * pyannote's segmentation 3.0 (PyanNet): band-pass filters, two convolutions, four recurrent layers in both directions,
 * three linear ones. Input: `wave` [windows, 1, samples] at 16 kHz from -1 to 1. Output: `scores` [windows, frames, 7],
 * logarithms of the probabilities of nobody, of each of three speakers alone, and of each two of them.
 */
export function segmentationGraph(weights: Weights): OnnxGraph {
  const graph = new GraphBuilder();
  const constant = (name: string) => {
    const { dims, data } = weights.tensor(name);
    return graph.floats(dims, data);
  };
  const normalized = (input: string, name: string) =>
    graph.node('InstanceNormalization', [
      input,
      constant(`${name}.weight`),
      constant(`${name}.bias`),
    ]);
  const leaky = (input: string) => graph.node('LeakyRelu', [input], { alpha: { float: 0.01 } });
  const pooled = (input: string, index: number) => {
    const pool = graph.node('MaxPool', [input], { kernel_shape: [3], strides: [3] });
    return leaky(normalized(pool, `sincnet.norm1d.${index}`));
  };

  const waves = normalized('wave', 'sincnet.wav_norm1d');
  const filters = bandFilters(weights);
  const bands = graph.node('Conv', [waves, graph.floats(filters.dims, filters.data)], {
    strides: [10],
  });
  let features = pooled(graph.node('Abs', [bands]), 0);
  for (const index of [1, 2]) {
    const layer = `sincnet.conv1d.${index}`;
    const taps = [features, constant(`${layer}.weight`), constant(`${layer}.bias`)];
    features = pooled(graph.node('Conv', taps), index);
  }

  let steps = graph.node('Transpose', [features], { perm: [2, 0, 1] });
  for (let index = 0; index < 4; index += 1) {
    const both = (kind: string) =>
      ['', '_reverse'].map((end) => inOnnxOrder(weights.get(`lstm.${kind}_l${index}${end}`)));
    const inputs = (both('weight_ih')[0]?.length ?? 0) / GATES;
    const [forwardIn = [], backwardIn = []] = both('bias_ih');
    const [forwardOut = [], backwardOut = []] = both('bias_hh');
    const biases = [...forwardIn, ...forwardOut, ...backwardIn, ...backwardOut];
    const remembered = graph.node(
      'LSTM',
      [
        steps,
        graph.floats([2, GATES, inputs], joined(both('weight_ih'))),
        graph.floats([2, GATES, HIDDEN], joined(both('weight_hh'))),
        graph.floats([2, 2 * GATES], Float32Array.from(biases)),
      ],
      { hidden_size: HIDDEN, direction: 'bidirectional' },
    );
    const sideBySide = graph.node('Transpose', [remembered], { perm: [0, 2, 1, 3] });
    steps = graph.reshape(sideBySide, [0, 0, 2 * HIDDEN]);
  }

  const linear = (input: string, name: string) => {
    const { dims, data } = weights.tensor(`${name}.weight`);
    const [outputs = 0, inputs = 0] = dims;
    const matrix = graph.floats([inputs, outputs], transposed(data, outputs, inputs));
    return graph.node('Add', [graph.node('MatMul', [input, matrix]), constant(`${name}.bias`)]);
  };
  const frames = graph.node('Transpose', [steps], { perm: [1, 0, 2] });
  const decided = linear(
    leaky(linear(leaky(linear(frames, 'linear.0')), 'linear.1')),
    'classifier',
  );
  graph.add({
    operator: 'LogSoftmax',
    inputs: [decided],
    outputs: ['scores'],
    attributes: { axis: 2 },
  });
  return {
    nodes: graph.nodes,
    weights: graph.weights,
    inputs: [{ name: 'wave', type: 'float', dims: ['windows', 1, 'samples'] }],
    outputs: [{ name: 'scores', type: 'float', dims: ['windows', 'frames', 7] }],
  };
}

/** The checkpoint has the two frequencies of each filter; here are its taps, a cosine and a sine for each. */
function bandFilters(weights: Weights) {
  const name = (part: string) => `sincnet.conv1d.0.filterbank.${part}`;
  const edges = weights.get(name('low_hz_'));
  const widths = weights.get(name('band_hz_'));
  const times = weights.get(name('n_'));
  const taper = weights.get(name('window_'));
  const half = times.length;
  const taps = 2 * half + 1;
  const data = new Float32Array(2 * edges.length * taps);
  edges.forEach((edge, band) => {
    const low = LOWEST_HZ + Math.abs(edge);
    const high = Math.min(8000, Math.max(LOWEST_HZ, low + LOWEST_HZ + Math.abs(widths[band] ?? 0)));
    const cosines = band * taps;
    const sines = (edges.length + band) * taps;
    for (let at = 0; at < half; at += 1) {
      const time = times[at] ?? 0;
      const scale = (taper[at] ?? 0) / (time / 2) / (2 * (high - low));
      const cosine = (Math.sin(high * time) - Math.sin(low * time)) * scale;
      const sine = (Math.cos(low * time) - Math.cos(high * time)) * scale;
      data[cosines + at] = cosine;
      data[cosines + taps - 1 - at] = cosine;
      data[sines + at] = sine;
      data[sines + taps - 1 - at] = -sine;
    }
    data[cosines + half] = 1;
  });
  return { dims: [2 * edges.length, 1, taps], data };
}

const LOWEST_HZ = 50;

function joined([first = new Float32Array(), second = new Float32Array()]: Float32Array[]) {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
}
