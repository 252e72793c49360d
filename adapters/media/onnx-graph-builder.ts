import type { OnnxAttributes, OnnxNode, OnnxTensor } from './onnx-model.ts';

/** Names the values between nodes. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly weights = new Map<string, OnnxTensor>();

  add(node: OnnxNode): readonly string[] {
    this.nodes.push(node);
    return node.outputs;
  }

  node(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    const output = `${operator}${this.nodes.length}`;
    this.add({ operator, inputs, outputs: [output], attributes });
    return output;
  }

  floats(dims: readonly number[], data: Float32Array): string {
    return this.#constant({ dims, data });
  }

  integers(...values: readonly number[]): string {
    return this.#constant({ dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  reshape(input: string, dims: readonly number[]): string {
    return this.node('Reshape', [input, this.integers(...dims)]);
  }

  /** From `from` (included) to `to` (excluded) along the second dimension. */
  columns(input: string, from: number, to: number): string {
    return this.node('Slice', [input, this.integers(from), this.integers(to), this.integers(1)]);
  }

  #constant(tensor: OnnxTensor): string {
    const name = `constant${this.weights.size}`;
    this.weights.set(name, tensor);
    return name;
  }
}

/** PyTorch has the gates as input, forget, cell, output; ONNX as input, output, forget, cell. */
export function inOnnxOrder(gates: Float32Array): Float32Array {
  const size = gates.length / 4;
  const part = (index: number) => gates.subarray(index * size, (index + 1) * size);
  const ordered = new Float32Array(gates.length);
  [part(0), part(3), part(1), part(2)].forEach((values, index) =>
    ordered.set(values, index * size),
  );
  return ordered;
}
