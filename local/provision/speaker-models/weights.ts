import type { OnnxTensor } from '../../../adapters/media/onnx-model.ts';

/** The weights of a network, by name. */
export interface Weights {
  /** Throws if there are none of that name. */
  readonly get: (name: string) => Float32Array;
  readonly tensor: (name: string) => OnnxTensor & { readonly data: Float32Array };
  readonly has: (name: string) => boolean;
}

/** Reads 32-bit floats in the safetensors format: the header's length, the header as JSON, the numbers. */
export function readSafetensors(bytes: Uint8Array<ArrayBuffer>): Weights {
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as Record<
    string,
    { readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
  >;
  const tensor = (name: string) => {
    const entry = header[name];
    if (entry === undefined) throw new Error(`the checkpoint has no weights named ${name}`);
    const [from, to] = entry.data_offsets;
    const data = bytes.slice(8 + headerBytes + from, 8 + headerBytes + to);
    return { dims: entry.shape, data: new Float32Array(data.buffer) };
  };
  return { tensor, get: (name) => tensor(name).data, has: (name) => name in header };
}
