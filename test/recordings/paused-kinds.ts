import type { Kind } from './kind.ts';

/** A recorder that was paused for 15 and for 60 s while its clock went on. */

const AFTER_PAUSES = {
  words: [
    { piece: 'A', at: 0 },
    { piece: 'B', at: 35 },
    { piece: 'A', at: 115 },
  ],
  seconds: 135,
  tracks: ['1.1:1'],
} as const satisfies Kind['expected'];

/** Files whose stamps begin when they were recorded, byte by byte. */
const joined = (extension: string, ...codec: readonly string[]): Kind => {
  const file = `paused.${extension}`;
  const made = [
    ['A', 10],
    ['B', 45],
    ['A', 125],
  ] as const;
  return {
    file,
    make: async (at) => {
      const parts: string[] = [];
      for (const [piece, start] of made) {
        const part = `from-${start}.${file}`;
        await at.encode(piece, part, [...codec, '-output_ts_offset', String(start)]);
        parts.push(part);
      }
      await at.join(file, ...parts);
    },
    expected: AFTER_PAUSES,
  };
};

/** One file whose stamps leap. */
const leaping = (extension: string, ...codec: readonly string[]): Kind => {
  const file = `paused.${extension}`;
  return {
    file,
    make: (at) =>
      at.make(
        file,
        ...['A', 'B', 'A'].flatMap((piece) => ['-i', at.path(`${piece}.wav`)]),
        '-filter_complex',
        "[0][1][2]concat=n=3:v=0:a=1,asetpts='PTS+(gte(T\\,20)*15+gte(T\\,40)*60)/TB'",
        ...codec,
      ),
    expected: AFTER_PAUSES,
  };
};

export const PAUSED_KINDS: readonly Kind[] = [
  joined('ts', '-c:a', 'aac'),
  joined('m2ts', '-c:a', 'ac3'),
  joined('mpg', '-c:a', 'mp2'),
  ...['ogg', 'mkv'].map((extension) => leaping(extension, '-c:a', 'libvorbis')),
  leaping('opus', '-c:a', 'libopus'),
  leaping('m4a', '-c:a', 'aac'),
];
