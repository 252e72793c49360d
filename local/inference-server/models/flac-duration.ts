/** Seconds of a FLAC file by its STREAMINFO block (RFC 9639, section 8.2); null where it does not say. */
export function flacDuration(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // "fLaC", a block header of 4 bytes, STREAMINFO of 34 bytes
  if (bytes.length < 42 || view.getUint32(0) !== 0x664c6143 || (view.getUint8(4) & 0x7f) !== 0) {
    return null;
  }
  const sampleRate = view.getUint32(18) >>> 12; // 20 bits
  const highBits = view.getUint8(21) & 0x0f; // the upper 4 of the 36 bits that count the samples
  const samples = highBits * 2 ** 32 + view.getUint32(22);
  return sampleRate === 0 || samples === 0 ? null : samples / sampleRate;
}
