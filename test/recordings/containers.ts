/** A container with a codec, and what it can tell of damage. */
export interface Container {
  /** How its files end. */
  readonly extension: string;
  /** What makes ffmpeg write it. */
  readonly options: readonly string[];
  /**
   * What is known of a file cut at half of its bytes. `gap`: when its sound should have ended; `cut`: that its end is
   * missing; `nothing`: the format has no length; `refused`: without its end, nothing can be read.
   */
  readonly half: 'gap' | 'cut' | 'nothing' | 'refused';
  /** How many seconds forty wrong bytes take at most; 0: they sound like any others, because nothing checks them. */
  readonly spoilt: number;
  /** The least share of words that are found in sound of this quality. */
  readonly share: number;
  /** Only whole files are tried: cut, joined or spoilt, it is like another one here. */
  readonly onlyWhole: boolean;
  /** Of Ogg: in how many samples a second its pages tell their times. */
  readonly granuleRate?: number;
}

const of = (
  extension: string,
  half: Container['half'],
  spoilt: number,
  options = '',
  share = 0.85,
  onlyWhole = false,
): Container => ({
  extension,
  half,
  spoilt,
  options: options.split(' ').filter((one) => one !== ''),
  share,
  onlyWhole,
});

const ogg = (extension: string, granuleRate: number, options: string): Container => ({
  ...of(extension, 'cut', 1.5, options),
  granuleRate,
});

const like = (extension: string, options = '', share = 0.85): Container =>
  of(extension, 'nothing', 0, options, share, true);

/** Sound of a telephone. */
const TELEPHONE = 0.7;
const IN_FRONT = '-movflags +faststart';

export const CONTAINERS: readonly Container[] = [
  of('wav', 'cut', 0),
  like('s24.wav', '-c:a pcm_s24le'),
  like('mulaw.wav', '-ar 8000 -c:a pcm_mulaw', TELEPHONE),
  like('gsm.wav', '-ar 8000 -c:a libgsm_ms', TELEPHONE),
  of('mp3.wav', 'gap', 0, '-c:a libmp3lame'),
  like('rf64.wav', '-rf64 always'),
  of('w64', 'cut', 0),
  of('aiff', 'gap', 0),
  of('caf', 'cut', 0),
  of('au', 'gap', 0),
  like('voc'),
  of('flac', 'gap', 1.5),
  of('wv', 'gap', 1.5),
  of('tta', 'gap', 1.5),
  of('alac.m4a', 'gap', 1.5, `-c:a alac ${IN_FRONT}`),
  of('m4a', 'refused', 1.5, '-c:a aac'),
  of('front.m4a', 'gap', 1.5, `-c:a aac ${IN_FRONT}`),
  like('mp4', `-c:a aac ${IN_FRONT}`),
  of(
    'pieces.mp4',
    'cut',
    1.5,
    '-c:a aac -movflags +frag_keyframe+empty_moov -frag_duration 1000000',
  ),
  of('mov', 'gap', 0, `-c:a pcm_s16le ${IN_FRONT}`),
  like('3gp', `-c:a aac ${IN_FRONT}`),
  of('mkv', 'gap', 1.5, '-c:a libvorbis'),
  like('mka', '-c:a flac'),
  of('webm', 'gap', 5.5, '-c:a libopus'),
  like('live.webm', '-c:a libopus -live 1'),
  ogg('ogg', 48_000, '-c:a libvorbis'),
  ogg('opus', 48_000, '-c:a libopus'),
  ogg('spx', 16_000, '-ar 16000 -c:a libspeex'),
  of('mp3', 'gap', 1.5, '-c:a libmp3lame'),
  of('mp2', 'nothing', 1.5, '-c:a mp2'),
  of('aac', 'nothing', 1.5, '-c:a aac'),
  like('latm', '-c:a aac -f latm'),
  of('ac3', 'nothing', 1.5, '-c:a ac3'),
  like('eac3', '-c:a eac3'),
  of('dts', 'nothing', 0, '-strict -2'),
  of('ts', 'nothing', 1.5, '-c:a aac'),
  like('mpg', '-c:a mp2'),
  of('avi', 'cut', 0, '-c:a libmp3lame'),
  of('wma', 'cut', 0, '-c:a wmav2'),
  of('flv', 'gap', 1.5, '-c:a aac'),
  of('nut', 'nothing', 2.5, '-c:a libvorbis'),
  of('rm', 'gap', 1.5, '-c:a ac3'),
  of('g722', 'nothing', 0, '-ar 16000'),
  of('gsm', 'nothing', 0, '-ar 8000 -c:a libgsm', TELEPHONE),
  like('sln', '-ar 8000 -f s16le', TELEPHONE),
];
