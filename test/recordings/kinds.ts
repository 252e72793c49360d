import { oggPages } from '../support/ogg-pages.ts';
import { CONTAINERS } from './containers.ts';
import { JOINED_KINDS } from './joined-kinds.ts';
import type { ExpectedGap, Kind, SpokenPiece } from './kind.ts';
import { PAUSED_KINDS } from './paused-kinds.ts';
import { TELEPHONE_KINDS } from './telephone-kinds.ts';
import { LENGTHS, type Piece, type Workbench } from './workbench.ts';

/** Recordings as people have them, of each kind that is transcribed. Their files are made by ffmpeg or byte by byte. */

const A: SpokenPiece = { piece: 'A', at: 0 };
const THEN_B: SpokenPiece = { piece: 'B', at: 20 };

/**
 * A page of Ogg has one checksum: the page in which a file is cut cannot be read, and takes the second that ffmpeg puts in
 * it. Which second is in the middle of the bytes depends on the bit rate around it.
 */
const wholePages =
  (file: string, granuleRate: number) =>
  async (at: Workbench): Promise<number> =>
    (oggPages(await at.read(file)).at(-1)?.granule ?? 0) / granuleRate;

const inContainers: readonly Kind[] = CONTAINERS.flatMap(
  ({ extension, options, half, spoilt, share, onlyWhole, granuleRate }) => {
    const kind = (
      name: string,
      make: Kind['make'],
      expected: Omit<Kind['expected'], 'seconds'> & Partial<Pick<Kind['expected'], 'seconds'>>,
    ): Kind => ({
      file: `${name}.${extension}`,
      short: `${name}.${extension}` === 'spoilt.opus',
      make,
      expected: { seconds: 20, ...expected },
    });
    const encoded = async (at: Workbench, piece: Piece, of: string): Promise<string> => {
      const file = `${piece}.${of}.part.${extension}`;
      await at.encode(piece, file, options);
      return file;
    };
    const gap = (within: ExpectedGap['within'], seconds: number): ExpectedGap[] => [
      { reason: 'damaged', within, seconds },
    ];
    const plain = kind(
      'plain',
      async (at) => {
        await at.encode('A', `plain.${extension}`, options);
      },
      { words: [{ ...A, share }] },
    );
    if (onlyWhole) return [plain];
    const kinds = [
      plain,
      kind(
        'joined',
        async (at) => {
          const parts = [await encoded(at, 'A', 'joined'), await encoded(at, 'B', 'joined')];
          await at.join(`joined.${extension}`, ...parts);
        },
        {
          words: [
            { ...A, share },
            { ...THEN_B, share },
          ],
          seconds: 40,
        },
      ),
      kind(
        'spoilt',
        async (at) => {
          await at.spoil(await encoded(at, 'A', 'spoilt'), `spoilt.${extension}`);
        },
        {
          words: [{ ...A, share: Math.min(share, spoilt > 2 ? 0.5 : 0.7) }],
          gaps: spoilt > 0 ? gap([8.5, 15.5], spoilt) : [],
        },
      ),
    ];
    if (half === 'refused') return kinds;
    return [
      ...kinds,
      kind(
        'half',
        async (at) => {
          await at.halve(await encoded(at, 'A', 'half'), `half.${extension}`);
        },
        {
          words: [{ ...A, share: Math.min(share, 0.8), until: 9 }],
          seconds:
            half === 'gap' ? 20 : granuleRate ? wholePages(`half.${extension}`, granuleRate) : 10,
          gaps: half === 'gap' ? gap([8.5, 20.5], 11.5) : [],
          ...(half === 'cut' && { cut: true }),
        },
      ),
    ];
  },
);

/** Interleaved samples at 16 kHz as a WAV whose header names channels but no layout. */
async function channels(
  at: Workbench,
  name: string,
  count: number,
  spoken: readonly { readonly channel: number; readonly piece: Piece; readonly from: number }[],
  seconds: number,
): Promise<void> {
  const samples = new Int16Array(seconds * 16_000 * count);
  for (const { channel, piece, from } of spoken) {
    const start = from * 16_000;
    (await at.samples(`${piece}.wav`)).forEach((value, index) => {
      const place = (start + index) * count + channel - 1;
      if (place < samples.length) samples[place] = value;
    });
  }
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(count, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000 * count, 28);
  header.writeUInt16LE(2 * count, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  await at.write(name, Buffer.concat([header, Buffer.from(samples.buffer)]));
}

/** Channels `from` to the last say the same sentence in turn; the others are silent. */
const inTurn = (count: number, from = 1): Kind => {
  const file = `in-turn-${count}.wav`;
  const spoken = Array.from({ length: count - from + 1 }, (_, turn) => ({
    channel: from + turn,
    piece: 'greeting' as const,
    from: turn * 6,
  }));
  const seconds = spoken.length * 6;
  return {
    file,
    make: (at) => channels(at, file, count, spoken, seconds),
    expected: {
      words: spoken.map(({ piece, from: begins }) => ({ piece, at: begins })),
      seconds,
      tracks: spoken.map(({ channel }) => `1.1:${channel}`),
      leftOut: Array.from({ length: from - 1 }, (_, index) => `1.1:${index + 1} silent`),
    },
  };
};
const last = (count: number): Kind => {
  const file = `last-of-${count}.wav`;
  return {
    file,
    make: (at) => channels(at, file, count, [{ channel: count, piece: 'A', from: 0 }], LENGTHS.A),
    expected: { words: [A], seconds: LENGTHS.A, tracks: [`1.1:${count}`] },
  };
};

/** Each channel is once the one with the voice: among them LFE, 4 of 6 and of 8, and those after the eighth. */
const inChannels: readonly Kind[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => inTurn(count)),
  inTurn(16, 9),
  last(24),
  last(60),
  {
    file: 'six-microphones.wav',
    make: async (at) => {
      const spoken = [
        { channel: 1, piece: 'A', from: 0 },
        { channel: 4, piece: 'B', from: 20 },
      ] as const;
      await channels(at, 'six-microphones.wav', 6, spoken, 40);
    },
    expected: { words: [A, THEN_B], seconds: 40, tracks: ['1.1:1', '1.1:4'] },
  },
  {
    file: 'opposite-phase.wav',
    make: (at) => at.encode('A', 'opposite-phase.wav', ['-af', 'pan=stereo|c0=c0|c1=-1*c0']),
    expected: { words: [A], seconds: 20, tracks: ['1.1:1'], leftOut: ['1.1:2 duplicate'] },
  },
  {
    file: 'two-on-a-call.flac',
    make: (at) =>
      at.make(
        'two-on-a-call.flac',
        '-i',
        at.path('A.wav'),
        '-i',
        at.path('B.wav'),
        '-filter_complex',
        'join=inputs=2:channel_layout=stereo',
      ),
    expected: { words: [A, { piece: 'B', at: 0 }], seconds: 20, tracks: ['1.1:1', '1.1:2'] },
  },
  {
    file: 'eight-channels.opus',
    make: async (at) => {
      await channels(at, 'eight.wav', 8, [{ channel: 7, piece: 'A', from: 0 }], 20);
      const discrete = ['-c:a', 'libopus', '-mapping_family', '255', '-b:a', '256k'];
      await at.make('eight-channels.opus', '-i', at.path('eight.wav'), ...discrete);
    },
    expected: { words: [A], seconds: 20, tracks: ['1.1:7'] },
  },
];

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=5:d=20'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'];
const SILENCE = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo:d=20'];
const inStreams: readonly Kind[] = [
  ...['mkv', 'mp4', 'mov', 'ts'].map((extension): Kind => {
    const file = `two-tracks.${extension}`;
    return {
      file,
      short: extension === 'mkv',
      make: (at) =>
        at.make(
          file,
          ...PICTURE,
          '-i',
          at.path('A.wav'),
          '-i',
          at.path('B.wav'),
          '-map',
          '0:v',
          '-map',
          '1:a',
          '-map',
          '2:a',
          ...H264,
        ),
      expected: { words: [A, { piece: 'B', at: 0 }], seconds: 20, tracks: ['1.1:1', '1.2:1'] },
    };
  }),
  ...(['first', 'second'] as const).map((silent): Kind => {
    const file = `${silent}-track-silent.mkv`;
    return {
      file,
      make: (at) => {
        const voice = ['-i', at.path('B.wav')];
        const inputs = silent === 'first' ? [...SILENCE, ...voice] : [...voice, ...SILENCE];
        const map = ['-map', '0:v', '-map', '1:a', '-map', '2:a', '-shortest', ...H264];
        return at.make(file, ...PICTURE, ...inputs, ...map);
      },
      expected: {
        words: [{ piece: 'B', at: 0 }],
        seconds: 20,
        tracks: [silent === 'first' ? '1.2:1' : '1.1:1'],
      },
    };
  }),
  ...['webm', 'mkv', 'mp4'].map((extension): Kind => {
    const file = `sound-ends-early.${extension}`;
    const codecs = extension === 'webm' ? ['-c:v', 'libvpx', '-c:a', 'libopus'] : H264;
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=5:d=40'];
    return {
      file,
      make: (at) =>
        at.make(file, ...picture, '-i', at.path('A.wav'), '-map', '0:v', '-map', '1:a', ...codecs),
      expected: { words: [A], seconds: 20 },
    };
  }),
  ...['webm', 'mkv', 'ts'].map((extension): Kind => {
    const file = `starts-at-100s.${extension}`;
    const codec = ['-c:a', extension === 'ts' ? 'aac' : 'libopus'];
    return {
      file,
      make: (at) => at.encode('A', file, [...codec, '-output_ts_offset', '100']),
      expected: { words: [A], seconds: 20 },
    };
  }),
  ...['ts', 'm4a', 'mp4', 'mkv', 'mov'].map((extension): Kind => {
    const file = `late.${extension}`;
    const isAlone = extension === 'm4a';
    return {
      file,
      make: (at) =>
        at.make(
          file,
          '-itsoffset',
          '4',
          '-i',
          at.path('A.wav'),
          ...(isAlone ? [] : PICTURE),
          ...(isAlone ? ['-c:a', 'aac'] : ['-map', '1:v', '-map', '0:a', ...H264]),
        ),
      expected: { words: [{ piece: 'A', at: 4 }], seconds: 24 },
    };
  }),
];

const music =
  "aevalsrc='0.2*sin(2*PI*t*(262+66*floor(mod(t\\,4))))+0.15*sin(2*PI*t*(330+82*floor(mod(t\\,4))))+0.12*sin(2*PI*t*(392+98*floor(mod(t*2\\,4))))+0.1*sin(2*PI*131*t)*(1-mod(t*2\\,1))':s=48000:d=20";
const sounds: readonly (readonly [string, string])[] = [
  ['music', music],
  ['ring-tone', "aevalsrc='0.3*(sin(2*PI*440*t)+sin(2*PI*480*t))*lt(mod(t,6),2)':s=48000:d=20"],
  ['noise', 'anoisesrc=a=0.02:c=pink:r=48000:d=20:seed=3'],
];
const inSounds: readonly Kind[] = sounds.map(([name, source]): Kind => {
  const file = `${name}-before.wav`;
  return {
    file,
    short: name === 'music',
    make: (at) =>
      at.make(
        file,
        '-f',
        'lavfi',
        '-i',
        source,
        '-i',
        at.path('A.wav'),
        '-filter_complex',
        '[0]aformat=channel_layouts=mono[m];[m][1]concat=n=2:v=0:a=1',
      ),
    expected: { words: [{ piece: 'A', at: 20 }], seconds: 40 },
  };
});

const FOREIGN = ['fr', 'it', 'ru', 'zh'] as const;
const pair = (one: Piece, other: Piece): Kind => {
  const file = `${one}-then-${other}.wav`;
  const codes = [one, other].map((piece) => (piece === 'A' ? 'en' : piece));
  return {
    file,
    short: false,
    make: (at) =>
      at.make(
        file,
        '-i',
        at.path(`${one}.wav`),
        '-i',
        at.path(`${other}.wav`),
        '-filter_complex',
        'concat=n=2:v=0:a=1',
      ),
    expected: {
      words: [
        { piece: one, at: 0, share: 0.7 },
        { piece: other, at: LENGTHS[one], share: 0.7 },
      ],
      seconds: LENGTHS[one] + LENGTHS[other],
      languages: codes,
    },
  };
};
/** Three people, a language each, with pauses as between speakers; all in one chunk. */
const threeLanguages: Kind = {
  file: 'three-languages.wav',
  make: (at) =>
    at.make(
      'three-languages.wav',
      '-t',
      '6.1',
      '-i',
      at.path('ru.wav'),
      '-t',
      '9.9',
      '-i',
      at.path('A.wav'),
      '-t',
      '5.7',
      '-i',
      at.path('it.wav'),
      '-filter_complex',
      'aevalsrc=0:s=48000:d=0.4,asplit[p][q];[0][p][1][q][2]concat=n=5:v=0:a=1',
    ),
  expected: {
    words: [
      { piece: 'ru', at: 0, until: 6.9, share: 0.7 },
      { piece: 'A', at: 6.5, until: 16.6, share: 0.7 },
      { piece: 'it', at: 16.8, until: 23.5, share: 0.7 },
    ],
    seconds: 22.5,
  },
};
/** Two sentences of Mandarin and then English, all in one chunk. */
const mandarinThenEnglish: Kind = {
  file: 'two-sentences-zh-then-B.wav',
  make: (at) =>
    at.make(
      'two-sentences-zh-then-B.wav',
      '-t',
      '10.8',
      '-i',
      at.path('zh.wav'),
      '-t',
      '16.7',
      '-i',
      at.path('B.wav'),
      '-filter_complex',
      'concat=n=2:v=0:a=1',
    ),
  expected: {
    words: [
      { piece: 'zh', at: 0, until: 11.2, share: 0.7 },
      { piece: 'B', at: 10.8, until: 27.5, share: 0.7 },
    ],
    seconds: 27.5,
    languages: ['en', 'zh'],
  },
};
/** The language changes in the middle of a chunk, in both orders. */
export const IN_LANGUAGES: readonly Kind[] = [
  ...FOREIGN.flatMap((code) => [pair(code, 'A'), pair('A', code)]),
  pair('fr', 'ru'),
  pair('ru', 'it'),
  threeLanguages,
  mandarinThenEnglish,
];

const others: readonly Kind[] = [
  {
    file: 'restarted.webm',
    short: true,
    make: async (at) => {
      const live = ['-c:a', 'libopus', '-f', 'webm', '-live', '1'];
      await at.encode('A', 'A.live.webm', live);
      await at.encode('B', 'B.live.webm', live);
      await at.join('restarted.webm', 'A.live.webm', 'B.live.webm');
    },
    expected: { words: [A, THEN_B], seconds: 40, tracks: ['1.1:1 2.1:1'] },
  },
  {
    file: 'changed-on-the-way.m4a',
    make: async (at) => {
      await at.encode('A', 'mono.aac', ['-ac', '1', '-c:a', 'aac']);
      await at.encode('B', 'stereo.aac', ['-ac', '2', '-c:a', 'aac']);
      await at.join('both.aac', 'mono.aac', 'stereo.aac');
      const copied = ['-c', 'copy', '-bsf:a', 'aac_adtstoasc'];
      await at.make('changed-on-the-way.m4a', '-i', at.path('both.aac'), ...copied);
    },
    expected: { words: [A, THEN_B], seconds: 40 },
  },
  {
    // A server that appends after a lost connection: one header, and time stamps that begin anew.
    file: 'appended.flv',
    make: async (at) => {
      const form = ['-c:a', 'aac', '-ar', '44100'];
      await at.encode('A', 'before.flv', form);
      await at.encode('B', 'after.flv', form);
      const [before, after] = [await at.read('before.flv'), await at.read('after.flv')];
      await at.write('appended.flv', Buffer.concat([before, after.subarray(13)]));
    },
    expected: { words: [A, THEN_B], seconds: 40, tracks: ['1.1:1'] },
  },
  {
    file: 'earlier-save.wav',
    make: async (at) => {
      await at.encode('A', 'whole.wav', ['-bitexact']);
      const bytes = await at.read('whole.wav');
      const sound = bytes.indexOf('data');
      const length = Math.floor((bytes.length - sound - 8) / 4) * 2;
      bytes.writeUInt32LE(length, sound + 4);
      bytes.writeUInt32LE(length + 36, 4);
      await at.write('earlier-save.wav', bytes);
    },
    expected: { words: [A], seconds: 20 },
  },
];

export const KINDS: readonly Kind[] = [
  ...others,
  ...IN_LANGUAGES,
  ...inSounds,
  ...inChannels,
  ...inStreams,
  ...PAUSED_KINDS,
  ...TELEPHONE_KINDS,
  ...JOINED_KINDS,
  ...inContainers,
];
