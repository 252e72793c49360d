/**
 * The value of `content-type` under which the toolkit takes such a file; null: it takes none. It compares whole
 * values, and answers 400 to any other (huggingface-inference-toolkit, serialization/base.py).
 */
export function toolkitMediaType(mediaType: string): string | null {
  const said = mediaType.trim();
  if (EXACT.includes(said)) return said;
  const plain = said.toLowerCase().replaceAll(/\s+/g, '');
  const known = EXACT.find((type) => type === plain) ?? ALIASES.get(plain);
  return known ?? null;
}

const EXACT: readonly string[] = [
  'audio/flac',
  'audio/x-flac',
  'audio/mpeg',
  'audio/x-mpeg-3',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/ogg',
  'audio/x-audio',
  'audio/webm',
  'audio/webm;codecs=opus',
  'audio/AMR',
  'audio/amr',
  'audio/AMR-WB',
  'audio/AMR-WB+',
  'audio/m4a',
  'audio/x-m4a',
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/tiff',
  'image/bmp',
  'image/gif',
  'image/webp',
  'image/x-image',
];

/** Other names of what it takes, in small letters and without blanks. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'audio/mp3': 'audio/mpeg',
    'audio/mp4': 'audio/m4a',
    'audio/vnd.wave': 'audio/wav',
    'audio/ogg;codecs=opus': 'audio/ogg',
    'audio/opus': 'audio/ogg',
    'audio/amr-wb': 'audio/AMR-WB',
    'audio/amr-wb+': 'audio/AMR-WB+',
    'image/pjpeg': 'image/jpeg',
    'image/x-png': 'image/png',
    'image/x-ms-bmp': 'image/bmp',
  }),
);
