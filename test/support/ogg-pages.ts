export interface OggPage {
  readonly at: number;
  /** Samples of the stream at its end. */
  readonly granule: number;
}

/** The whole pages of an Ogg file without damage, from its beginning. */
export function oggPages(bytes: Buffer): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = 0; bytes.toString('latin1', at, at + 4) === 'OggS';) {
    const lengths = bytes.subarray(at + 27, at + 27 + (bytes[at + 26] ?? 0));
    const end = lengths.reduce((sum, length) => sum + length, at + 27 + lengths.length);
    if (end > bytes.length) break;
    pages.push({ at, granule: Number(bytes.readBigInt64LE(at + 6)) });
    at = end;
  }
  return pages;
}
