import type { Workbench } from './workbench.ts';

/** A file that cannot become minutes: `submit` ends with exit code 2 and says why. */
export interface Refusal {
  readonly file: string;
  readonly make: (at: Workbench) => Promise<void>;
  /** In the default tests, too: one for each reason. */
  readonly short?: boolean;
  /** What it says after the name of the file. */
  readonly says: RegExp;
}

const KEYS = ['-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '76'.repeat(16)];
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=5:d=3'];
const WITHOUT_SOUND = /is a video without sound\. Export it with its sound/;
const NOT_AUDIO = /contains no sound that ffmpeg can read\. Submit a recording/;
const bytes =
  (file: string, content: string | Uint8Array): Refusal['make'] =>
  (at) =>
    at.write(file, Buffer.from(content));

export const REFUSALS: readonly Refusal[] = [
  ...['mp4', 'm4a', 'mov'].map((extension): Refusal => {
    const file = `encrypted.${extension}`;
    const format = ['-f', extension === 'mov' ? 'mov' : 'mp4', '-encryption_kid', 'a7'.repeat(16)];
    return {
      file,
      make: (at) => at.encode('A', file, ['-c:a', 'aac', ...KEYS, ...format]),
      short: extension === 'mp4',
      says: /is encrypted \(copy protection\)\. Submit a copy without it\./,
    };
  }),
  ...['mp4', 'mkv', 'webm', 'mov', 'avi', 'ts', 'flv'].map((extension): Refusal => {
    const file = `silent-film.${extension}`;
    const codec = { webm: 'libvpx', avi: 'mpeg4', flv: 'flv' }[extension] ?? 'libx264';
    return {
      file,
      make: (at) => at.make(file, ...PICTURE, '-c:v', codec),
      short: extension === 'mp4',
      says: WITHOUT_SOUND,
    };
  }),
  {
    file: 'half.m4a',
    short: true,
    make: async (at) => {
      await at.encode('A', 'whole.m4a', ['-c:a', 'aac']);
      await at.halve('whole.m4a', 'half.m4a');
    },
    says: /was cut off: its index, which the recorder writes at the end, is missing\./,
  },
  { file: 'empty.wav', make: bytes('empty.wav', ''), says: /is empty\. Record or copy it again\./ },
  {
    file: 'notes.odt',
    short: true,
    make: bytes('notes.odt', 'Buy milk.\n'.repeat(50)),
    says: NOT_AUDIO,
  },
  { file: 'notes.mp3', make: bytes('notes.mp3', 'Buy milk.\n'.repeat(50)), says: NOT_AUDIO },
  {
    file: 'picture.png',
    make: (at) => at.make('picture.png', ...PICTURE, '-frames:v', '1'),
    says: NOT_AUDIO,
  },
  {
    file: 'playlist.m3u8',
    short: true,
    make: bytes('playlist.m3u8', '#EXTM3U\n#EXTINF:10,\nA.wav\n#EXT-X-ENDLIST\n'),
    says: NOT_AUDIO,
  },
  {
    file: 'header.flac',
    make: bytes('header.flac', 'fLaC and nothing else'),
    says: /looks like a recording, but/,
  },
  {
    file: 'mixer-of-70.mka',
    make: (at) =>
      at.make(
        'mixer-of-70.mka',
        ...Array.from({ length: 70 }, () => ['-i', at.path('A.wav')]).flat(),
        ...Array.from({ length: 70 }, (_, index) => ['-map', `${index}:a`]).flat(),
        '-t',
        '0.5',
        '-c:a',
        'flac',
      ),
    says: /has more than 64 channels\. Export those that somebody speaks on\./,
  },
];
