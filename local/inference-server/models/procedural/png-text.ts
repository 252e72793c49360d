import { crc32 } from 'node:zlib';

/** Puts `tEXt` chunks behind the header of a PNG (PNG specification, section 11.3.3); Latin-1 only. */
export function addPngText(png: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array {
  const chunks = Object.entries(entries).map(([keyword, text]) => textChunk(keyword, text));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)]);
}

/** The signature (8 bytes) and IHDR, which is always first and always 25 bytes. */
const AFTER_HEADER = 33;

function textChunk(keyword: string, text: string): Buffer {
  const typeAndData = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(typeAndData.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(typeAndData));
  return Buffer.concat([length, typeAndData, checksum]);
}
