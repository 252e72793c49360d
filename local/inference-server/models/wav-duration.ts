/** Seconds of a RIFF WAVE file by its `fmt ` and `data` chunks; null where it is none, or cut off before them. */
export function wavDuration(bytes: Uint8Array): number | null {
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
      // A writer that streamed did not know the size, and wrote the largest there is.
      const present = Math.min(size, bytes.length - at - 8);
      return bytesPerSecond === 0 || present === 0 ? null : present / bytesPerSecond;
    }
    at += 8 + size + (size % 2);
  }
  return null;
}
