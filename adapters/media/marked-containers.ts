/** A container whose every recording begins with bytes that its sound does not contain by chance. */
export interface MarkedContainer {
  readonly mark: Buffer;
  /** Whether a recording begins here: 32 bytes, from the mark. */
  readonly begins: (bytes: Buffer) => boolean;
  /** How many bytes the recording has, by its first 4 kB; null: it does not say. */
  readonly promisedLength?: (head: Buffer) => number | null;
}

/** Knows a container by the first 32 bytes of its file. */
export const containerOf = (head: Buffer): MarkedContainer | undefined =>
  head.length < 32
    ? undefined
    : MARKED.find(({ mark, begins }) => head.indexOf(mark) === 0 && begins(head));

const text = (mark: string): Buffer => Buffer.from(mark, 'latin1');
const always = (): boolean => true;
const isAt = (bytes: Buffer, at: number, ...words: readonly string[]): boolean =>
  words.some((word) => bytes.toString('latin1', at, at + word.length) === word);

const MARKED: readonly MarkedContainer[] = [
  {
    // AIFF
    mark: text('FORM'),
    begins: (bytes) => isAt(bytes, 8, 'AIFF', 'AIFC'),
    promisedLength: (head) => 8 + head.readUInt32BE(4),
  },
  {
    // AVI; the further pieces of a large one are called AVIX
    mark: text('RIFF'),
    begins: (bytes) => isAt(bytes, 8, 'AVI '),
    promisedLength: (head) => 8 + head.readUInt32LE(4),
  },
  {
    // Wave64: names of 16 bytes, lengths of 64 bits
    mark: Buffer.from('726966662e91cf11a5d628db04c10000', 'hex'),
    begins: always,
    promisedLength: (head) => Number(head.readBigUInt64LE(16)),
  },
  {
    // CAF: the length of its sound may be unknown, -1
    mark: text('caff\0\x01\0\0desc'),
    begins: always,
    promisedLength: (head) => {
      const at = head.indexOf(text('data'));
      if (at === -1 || at + 12 > head.length) return null;
      return at + 12 + Number(head.readBigInt64BE(at + 4));
    },
  },
  {
    // Windows Media: a live one does not know its length
    mark: Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
    begins: always,
    promisedLength: (head) => {
      const at = head.indexOf(Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex'));
      if (at === -1 || at + 92 > head.length) return null;
      const isLive = (head.readUInt32LE(at + 88) & 1) === 1;
      return isLive ? null : Number(head.readBigUInt64LE(at + 40));
    },
  },
  {
    // Flash: its list of facts has numbers of 64 bits
    mark: text('FLV\x01'),
    begins: (bytes) => bytes.readUInt32BE(5) === 9,
    promisedLength: (head) => {
      const at = head.indexOf(text('\0\x08filesize\0'));
      return at === -1 || at + 19 > head.length ? null : head.readDoubleBE(at + 11);
    },
  },
  {
    // AU: where its sound begins, how long it is (all ones: unknown), and which of 27 codes it has
    mark: text('.snd'),
    begins: (bytes) => bytes.readUInt32BE(4) < 65_536 && bytes.readUInt32BE(12) < 32,
    promisedLength: (head) => {
      const length = head.readUInt32BE(8);
      return length === 0xffff_ffff ? null : head.readUInt32BE(4) + length;
    },
  },
  {
    // WavPack: the first block of the first samples
    mark: text('wvpk'),
    begins: (bytes) => bytes.readUInt32LE(16) === 0 && (bytes.readUInt32LE(24) & 0x800) !== 0,
  },
  { mark: text('TTA1'), begins: (bytes) => [1, 2].includes(bytes.readUInt16LE(4)) },
  { mark: text('.RMF\0\0\0'), begins: always },
  { mark: text('Creative Voice File\x1a'), begins: always },
  { mark: text('nut/multimedia container\0'), begins: always },
  { mark: text('#!AMR\n'), begins: always },
  { mark: text('#!AMR-WB\n'), begins: always },
];
