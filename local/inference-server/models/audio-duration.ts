/** Seconds of audio by the header of a FLAC or WAV file; null: it is neither, or the header does not state a length. */
export const statedDuration = (bytes: Uint8Array): number | null =>
  flacDuration(bytes) ?? wavDuration(bytes);

/** By the STREAMINFO block (RFC 9639, section 8.2). */
function flacDuration(bytes: Uint8Array): number | null {
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

/** By the `fmt ` and `data` chunks. */
function wavDuration(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number): string => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') return null;
  let bytesPerSecond = 0;
  // Each chunk: 4 bytes of name, 4 of size, the rest padded to an even number.
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    if (name(at) === 'fmt ' && at + 20 <= bytes.length)
      bytesPerSecond = view.getUint32(at + 16, true);
    if (name(at) === 'data') {
      // A writer that streamed did not know the size, and wrote the largest possible one.
      const present = Math.min(size, bytes.length - at - 8);
      return bytesPerSecond === 0 || present === 0 ? null : present / bytesPerSecond;
    }
    at += 8 + size + (size % 2);
  }
  return null;
}
