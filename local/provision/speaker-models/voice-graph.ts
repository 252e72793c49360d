import { GraphBuilder } from '../../../adapters/media/onnx-graph-builder.ts';
import type { OnnxAttributes, OnnxGraph } from '../../../adapters/media/onnx-model.ts';
import type { Weights } from './weights.ts';

/** Layers and dilation of each dense block. */
const BLOCKS = [
  [12, 1],
  [24, 2],
  [16, 2],
] as const;

const NORM_EPSILON = 1e-5;

/**
 * CAM++ of 3D-Speaker: what a voice sounds like, as 192 numbers. Input: `feats` [windows, frames, 80], log mel filter banks
 * without their mean; at most 200 frames, because the network's averages over each 100 steps (of two frames) are one
 * average here. Output: `embedding` [windows, 192], not yet of unit length.
 */
export function voiceGraph(weights: Weights): OnnxGraph {
  const graph = new GraphBuilder();
  /** Batch normalization as a factor and a sum for each channel. */
  const norm = (name: string) => {
    const variance = weights.get(`${name}.running_var`);
    const mean = weights.get(`${name}.running_mean`);
    const scale = weights.has(`${name}.weight`) ? weights.get(`${name}.weight`) : null;
    const shift = weights.has(`${name}.bias`) ? weights.get(`${name}.bias`) : null;
    const factor = variance.map((one, at) => (scale?.[at] ?? 1) / Math.sqrt(one + NORM_EPSILON));
    const sum = mean.map((one, at) => (shift?.[at] ?? 0) - one * (factor[at] ?? 0));
    return { factor, sum };
  };
  const relu = (input: string) => graph.node('Relu', [input]);
  /** A convolution without a bias, with the batch normalization that follows it. */
  const normalizedConv = (
    input: string,
    kernel: string,
    normName: string,
    attributes: OnnxAttributes = {},
  ) => {
    const { dims, data } = weights.tensor(kernel);
    const { factor, sum } = norm(normName);
    const perChannel = data.length / factor.length;
    const scaled = data.map((one, at) => one * (factor[Math.floor(at / perChannel)] ?? 0));
    const inputs = [input, graph.floats(dims, scaled), graph.floats([sum.length], sum)];
    return graph.node('Conv', inputs, attributes);
  };
  const conv = (input: string, name: string, attributes: OnnxAttributes = {}) => {
    const parts = ['weight', 'bias'].map((part) => `${name}.${part}`);
    const tensors = parts.filter((part) => weights.has(part)).map((part) => weights.tensor(part));
    const constants = tensors.map(({ dims, data }) => graph.floats(dims, data));
    return graph.node('Conv', [input, ...constants], attributes);
  };
  const normalizedRelu = (input: string, name: string) => {
    const { factor, sum } = norm(name);
    const dims = [1, factor.length, 1];
    const product = graph.node('Mul', [input, graph.floats(dims, factor)]);
    return relu(graph.node('Add', [product, graph.floats(dims, sum)]));
  };
  const timeMean = (input: string) => graph.node('ReduceMean', [input], { axes: [2], keepdims: 1 });

  // Two residual layers over frequency and time.
  const turned = graph.node('Transpose', ['feats'], { perm: [0, 2, 1] });
  const image = graph.node('Unsqueeze', [turned, graph.integers(1)]);
  const around = { pads: [1, 1, 1, 1] };
  let x = relu(normalizedConv(image, 'head.conv1.weight', 'head.bn1', around));
  for (const layer of ['head.layer1.0', 'head.layer1.1', 'head.layer2.0', 'head.layer2.1']) {
    const strides = [layer.endsWith('0') ? 2 : 1, 1];
    const first = relu(
      normalizedConv(x, `${layer}.conv1.weight`, `${layer}.bn1`, { ...around, strides }),
    );
    const second = normalizedConv(first, `${layer}.conv2.weight`, `${layer}.bn2`, around);
    const shortcut = `${layer}.shortcut.0.weight`;
    const kept = weights.has(shortcut)
      ? normalizedConv(x, shortcut, `${layer}.shortcut.1`, { strides })
      : x;
    x = relu(graph.node('Add', [second, kept]));
  }
  x = relu(normalizedConv(x, 'head.conv2.weight', 'head.bn2', { ...around, strides: [2, 1] }));
  x = graph.reshape(x, [0, 320, -1]);

  // Dense blocks over time, each layer masked by what the whole window sounds like.
  const tdnn = 'xvector.tdnn';
  x = relu(
    normalizedConv(x, `${tdnn}.linear.weight`, `${tdnn}.nonlinear.batchnorm`, {
      pads: [2, 2],
      strides: [2],
    }),
  );
  BLOCKS.forEach(([layers, dilation], block) => {
    for (let layer = 1; layer <= layers; layer += 1) {
      const name = `xvector.block${block + 1}.tdnnd${layer}`;
      const entry = normalizedRelu(x, `${name}.nonlinear1.batchnorm`);
      const y = relu(
        normalizedConv(entry, `${name}.linear1.weight`, `${name}.nonlinear2.batchnorm`),
      );
      const local = conv(y, `${name}.cam_layer.linear_local`, {
        pads: [dilation, dilation],
        dilations: [dilation],
      });
      const mean = timeMean(y);
      const context = graph.node('Add', [mean, mean]);
      const narrow = relu(conv(context, `${name}.cam_layer.linear1`));
      const mask = graph.node('Sigmoid', [conv(narrow, `${name}.cam_layer.linear2`)]);
      x = graph.node('Concat', [x, graph.node('Mul', [local, mask])], { axis: 1 });
    }
    const transit = `xvector.transit${block + 1}`;
    x = conv(normalizedRelu(x, `${transit}.nonlinear.batchnorm`), `${transit}.linear`);
  });
  x = normalizedRelu(x, 'xvector.out_nonlinear.batchnorm');

  // Mean and standard deviation over time.
  const mean = timeMean(x);
  const apart = graph.node('Sub', [x, mean]);
  const squares = graph.node('ReduceSum', [graph.node('Mul', [apart, apart]), graph.integers(2)]);
  const steps = graph.node('Gather', [graph.node('Shape', [x]), graph.integers(2)]);
  const degrees = graph.node('Sub', [
    graph.node('Cast', [steps], { to: 1 }),
    graph.floats([1], Float32Array.of(1)),
  ]);
  const deviation = graph.node('Sqrt', [graph.node('Div', [squares, degrees])]);
  const statistics = graph.node('Concat', [mean, deviation], { axis: 1 });
  const dense = 'xvector.dense';
  const embedding = normalizedConv(
    statistics,
    `${dense}.linear.weight`,
    `${dense}.nonlinear.batchnorm`,
  );
  graph.add({
    operator: 'Squeeze',
    inputs: [embedding, graph.integers(2)],
    outputs: ['embedding'],
    attributes: {},
  });
  return {
    nodes: graph.nodes,
    weights: graph.weights,
    inputs: [{ name: 'feats', type: 'float', dims: ['windows', 'frames', 80] }],
    outputs: [{ name: 'embedding', type: 'float', dims: ['windows', 192] }],
  };
}
