/** An answer as both levels keep it. */
export interface KeptAnswer {
  readonly kind: 'value' | 'refusal' | 'nothing';
  readonly value: Uint8Array;
  readonly loadedAtMs: number;
}

/** Version, kind, time of loading (8 bytes, milliseconds), value. */
export function encodeKept({ kind, value, loadedAtMs }: KeptAnswer): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + value.byteLength);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt8(KINDS.indexOf(kind), 1);
  bytes.writeDoubleBE(loadedAtMs, 2);
  bytes.set(value, HEADER_BYTES);
  return bytes;
}

/** Null where it is none, or of another version of us. */
export function decodeKept(bytes: Uint8Array): KeptAnswer | null {
  if (bytes.byteLength < HEADER_BYTES || bytes[0] !== VERSION) return null;
  const kind = KINDS[bytes[1] ?? KINDS.length];
  const loadedAtMs = Buffer.from(bytes.buffer, bytes.byteOffset).readDoubleBE(2);
  if (kind === undefined || !Number.isFinite(loadedAtMs)) return null;
  return { kind, value: bytes.subarray(HEADER_BYTES), loadedAtMs };
}

const VERSION = 1;
const HEADER_BYTES = 10;
const KINDS = ['value', 'refusal', 'nothing'] as const;
