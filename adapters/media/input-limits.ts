/**
 * What ffmpeg may open: one local file, in a container that holds its own bytes. Without the list of formats a playlist
 * (HLS, concat) sent as a recording would make it read other files of the server.
 */
export const INPUT_LIMITS: readonly string[] = [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  [
    ['wav', 'w64', 'aiff', 'au', 'caf', 'flac', 'wv', 'tta', 'ape'],
    ['mp3', 'aac', 'ac3', 'eac3', 'amr', 'amrnb', 'amrwb', 'ogg'],
    ['mov', 'mp4', 'm4a', '3gp', '3g2', 'matroska', 'webm', 'avi', 'asf', 'flv', 'mpeg', 'mpegts'],
  ]
    .flat()
    .join(','),
];

/** `file:` keeps names that look like an option or another protocol (`-x`, `concat:a|b`) from being one. */
export const asFile = (path: string): string => `file:${path}`;
