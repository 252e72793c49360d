/** A tensor of 32-bit floats or 64-bit integers, row by row. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** An input or output of a model: floats, or 64-bit integers. A dimension with a name may differ from run to run. */
interface OnnxValue {
  readonly name: string;
  readonly type: 'float' | 'int64';
  readonly dims: readonly (number | string)[];
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

/** A number is an integer; a 32-bit float is marked as one. */
export type OnnxAttributes = Readonly<
  Record<string, number | string | readonly number[] | { readonly float: number }>
>;

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly weights: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/**
 * The float weights in a model's graph, by name. Field numbers here and below are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3. Throws a RangeError if the bytes are cut off.
 */
export function readOnnxWeights(model: Uint8Array): ReadonlyMap<string, OnnxTensor> {
  const weights = new Map<string, OnnxTensor>();
  for (const graph of bytesOf(model, 7)) {
    for (const tensor of bytesOf(graph, 5)) {
      const [name] = bytesOf(tensor, 8);
      const [raw] = bytesOf(tensor, 9);
      const [values] = bytesOf(tensor, 4);
      const data = raw ?? values;
      if (name === undefined || data === undefined || integersOf(tensor, 2)[0] !== FLOAT) continue;
      weights.set(new TextDecoder().decode(name), {
        dims: integersOf(tensor, 1),
        data: new Float32Array(Uint8Array.from(data).buffer),
      });
    }
  }
  return weights;
}

/** The bytes of a model with this graph, which onnxruntime reads. */
export function writeOnnxModel({ nodes, weights, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => nested(1, nodeBytes(node))),
    nested(2, text('graph')),
    ...[...weights].map(([name, tensor]) => nested(5, tensorBytes(name, tensor))),
    ...inputs.map((value) => nested(11, valueBytes(value))),
    ...outputs.map((value) => nested(12, valueBytes(value))),
  ];
  return Buffer.concat([
    integer(1, IR_VERSION),
    nested(7, graph),
    nested(8, [nested(1, text('')), integer(2, OPERATOR_SET)]),
  ]);
}

/** What ONNX 1.12 of 2022 writes; every onnxruntime since reads it. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** Of TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;

/** Of AttributeProto.AttributeType. */
const FLOAT_ATTRIBUTE = 1;
const INTEGER_ATTRIBUTE = 2;
const TEXT_ATTRIBUTE = 3;
const INTEGERS_ATTRIBUTE = 7;

function nodeBytes({ operator, inputs, outputs, attributes }: OnnxNode): Uint8Array[] {
  return [
    ...inputs.map((name) => nested(1, text(name))),
    ...outputs.map((name) => nested(2, text(name))),
    nested(4, text(operator)),
    ...Object.entries(attributes).map(([name, value]) =>
      nested(5, [nested(1, text(name)), ...attributeBytes(value)]),
    ),
  ];
}

function attributeBytes(value: OnnxAttributes[string]): Uint8Array[] {
  if (typeof value === 'number') return [integer(3, value), integer(20, INTEGER_ATTRIBUTE)];
  if (typeof value === 'string') return [nested(4, text(value)), integer(20, TEXT_ATTRIBUTE)];
  if ('float' in value) return [float(2, value.float), integer(20, FLOAT_ATTRIBUTE)];
  return [...value.map((one) => integer(8, one)), integer(20, INTEGERS_ATTRIBUTE)];
}

function tensorBytes(name: string, { dims, data }: OnnxTensor): Uint8Array[] {
  return [
    ...dims.map((size) => integer(1, size)),
    integer(2, data instanceof Float32Array ? FLOAT : INT64),
    nested(8, text(name)),
    nested(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

function valueBytes({ name, type, dims }: OnnxValue): Uint8Array[] {
  const shape = dims.map((size) =>
    nested(1, [typeof size === 'number' ? integer(1, size) : nested(2, text(size))]),
  );
  const tensor = [integer(1, type === 'float' ? FLOAT : INT64), nested(2, shape)];
  return [nested(1, text(name)), nested(2, [nested(1, tensor)])];
}

const text = (characters: string): Uint8Array[] => [new TextEncoder().encode(characters)];

/** A field of Protocol Buffers that contains other fields or bytes. */
function nested(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

const integer = (field: number, value: number): Uint8Array =>
  Buffer.concat([varint(field * 8), varint(value)]);

function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), bytes]);
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. For numbers from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.of(...bytes, rest);
}

const bytesOf = (message: Uint8Array, field: number): Uint8Array[] =>
  [...fieldsOf(message)].flatMap(({ number, value }) =>
    number === field && typeof value !== 'number' ? [value] : [],
  );

/** A repeated integer, packed or not. */
const integersOf = (message: Uint8Array, field: number): number[] =>
  [...fieldsOf(message)].flatMap(({ number, value }) => {
    if (number !== field) return [];
    return typeof value === 'number' ? [value] : [...integersIn(value)];
  });

function* integersIn(packed: Uint8Array): Generator<number> {
  const reader = { bytes: packed, at: 0 };
  while (reader.at < packed.length) yield readVarint(reader);
}

/** The fields of one message. Numbers of 32 and 64 bits are returned as their bytes. */
function* fieldsOf(
  bytes: Uint8Array,
): Generator<{ readonly number: number; readonly value: Uint8Array | number }> {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) {
      yield { number, value: readVarint(reader) };
      continue;
    }
    const length = FIXED_LENGTHS[tag % 8] ?? readVarint(reader);
    const start = reader.at;
    reader.at += length;
    if (reader.at > bytes.length) throw new RangeError('the ONNX model is cut off');
    yield { number, value: bytes.subarray(start, reader.at) };
  }
}

/** Bytes of wire types 1 and 5; type 2 states its length. */
const FIXED_LENGTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) throw new RangeError('the ONNX model is cut off');
    reader.at += 1;
    value += (byte % 0x80) * scale;
    if (byte < 0x80) return value;
  }
}
