import type { Kind } from './kind.ts';

/** Recordings joined byte by byte whose form changes on the way, or of which one cannot be opened. */

/** The form of the sound changes on the way, in both orders; both pieces keep their times. */
const changing = (
  extension: string,
  options: readonly string[],
  first: readonly string[],
  then: readonly string[],
  label: string,
): Kind[] =>
  (['AB', 'BA'] as const).map((order) => {
    const [one, other] = order === 'AB' ? (['A', 'B'] as const) : (['B', 'A'] as const);
    const file = `${label}-${order}.${extension}`;
    return {
      file,
      make: async (at) => {
        await at.encode(one, `one.${file}`, [...options, ...first]);
        await at.encode(other, `other.${file}`, [...options, ...then]);
        await at.join(file, `one.${file}`, `other.${file}`);
      },
      expected: {
        words: [
          { piece: one, at: 0 },
          { piece: other, at: 20 },
        ],
        seconds: 40,
      },
    };
  });
const MONO = ['-ac', '1'];
const STEREO = ['-ac', '2'];
const CHANGING_FORMATS: readonly (readonly [string, readonly string[], string])[] = [
  ['aac', ['-c:a', 'aac'], '32000'],
  ['latm', ['-c:a', 'aac', '-f', 'latm'], '32000'],
  ['mp3', ['-c:a', 'libmp3lame'], '32000'],
  ['untagged.mp3', ['-c:a', 'libmp3lame', '-id3v2_version', '0', '-write_xing', '0'], '16000'],
  ['mp2', ['-c:a', 'mp2'], '32000'],
  ['ogg', ['-c:a', 'libvorbis'], '32000'],
  ['opus', ['-c:a', 'libopus'], '48000'],
  ['ac3', ['-c:a', 'ac3'], '32000'],
  ['ts', ['-c:a', 'aac'], '32000'],
  ['latm.ts', ['-c:a', 'aac', '-mpegts_flags', 'latm'], '32000'],
  ['m2ts', ['-c:a', 'ac3'], '32000'],
  ['mpg', ['-c:a', 'mp2'], '32000'],
];
const inChangingForms: readonly Kind[] = CHANGING_FORMATS.flatMap(([extension, options, rate]) => [
  ...changing(extension, options, MONO, STEREO, 'mono-to-stereo'),
  ...changing(extension, options, STEREO, MONO, 'stereo-to-mono'),
  ...(rate === '48000'
    ? []
    : [
        ...changing(extension, options, [], ['-ar', rate], 'slower'),
        ...changing(extension, options, ['-ar', rate], [], 'faster'),
      ]),
]);

/** The codec changes on the way. */
const inChangingCodecs: readonly Kind[] = [
  ...changing('ts', [], ['-c:a', 'aac'], ['-c:a', 'mp2'], 'aac-to-mp2'),
  ...changing('ts', [], ['-c:a', 'mp2'], ['-c:a', 'aac'], 'mp2-to-aac'),
  ...changing('m2ts', [], ['-c:a', 'ac3'], ['-c:a', 'aac'], 'ac3-to-aac'),
];

/** A recording that begins in the file and cannot be opened is a gap; what follows is heard. */
const broken = (
  extension: string,
  options: readonly string[],
  spoil: (whole: Buffer) => Uint8Array,
): Kind[] =>
  (['first', 'second'] as const).map((place) => {
    const file = `broken-${place}.${extension}`;
    return {
      file,
      make: async (at) => {
        const [lost, good] = [`lost.${file}`, `good.${file}`];
        await at.encode('B', `whole.${file}`, options);
        await at.write(lost, spoil(await at.read(`whole.${file}`)));
        await at.encode('B', good, options);
        await at.join(file, ...(place === 'first' ? [lost, good] : [good, lost]));
      },
      expected: {
        words: [{ piece: 'B', at: place === 'first' ? 20 : 0 }],
        seconds: 40,
        gaps: [
          {
            reason: 'damaged',
            within: place === 'first' ? [0, 20.6] : [19.4, 40.6],
            seconds: 20.6,
          },
        ],
        tracks: [place === 'first' ? '2.1:1' : '1.1:1'],
      },
    };
  });
const inBroken: readonly Kind[] = [
  ...broken('m4a', ['-c:a', 'aac', '-b:a', '96k'], (whole) =>
    whole.subarray(0, whole.lastIndexOf('moov') - 4),
  ),
  ...broken('webm', ['-c:a', 'libopus'], (whole) => Buffer.from(whole).fill(0, 60, 600)),
  ...broken('opus', ['-c:a', 'libopus'], (whole) => Buffer.from(whole).fill(0, 28, 200)),
];

export const JOINED_KINDS: readonly Kind[] = [...inBroken, ...inChangingForms, ...inChangingCodecs];
