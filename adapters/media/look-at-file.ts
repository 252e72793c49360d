import { open, stat } from 'node:fs/promises';
import { UnusableRecordingError } from './media-errors.ts';

/**
 * The size of a file in bytes, and whether it starts like an audio container. Throws `UnusableRecordingError` for what
 * is no file, is empty, cannot be read, or is an archive.
 */
export async function lookAtFile(path: string): Promise<{ bytes: number; known: boolean }> {
  try {
    // Check before opening: a named pipe would block until somebody writes.
    const facts = await stat(path);
    // `/dev/stdin` may be a file here, but it is another one, or none, for the ffmpeg that reads it.
    if (!facts.isFile() || /^\/(?:dev\/(?:std|fd\/)|proc\/)/.test(path)) {
      throw new UnusableRecordingError(
        'unreadable',
        `${path} is not a file. Save the recording to a file and name that.`,
      );
    }
    if (facts.size === 0) {
      throw new UnusableRecordingError('empty', `${path} is empty. Record or copy it again.`);
    }
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
      const head = buffer.subarray(0, bytesRead);
      // ffmpeg would hear the MP3s in one, in any order and with noise between them.
      if (isArchive(head)) {
        throw new UnusableRecordingError(
          'archive',
          `${path} is an archive. Unpack it and submit a recording of it; several that are one meeting with --join.`,
        );
      }
      return { bytes: facts.size, known: isKnownContainer(head) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UnusableRecordingError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      const message = `${path} does not exist. Check the path.`;
      throw new UnusableRecordingError('missing', message, error);
    }
    const message = `${path} cannot be read. Check its permissions.`;
    throw new UnusableRecordingError('unreadable', message, error);
  }
}

/** tar, and by their first bytes zip, gzip, 7z, RAR, xz and bzip2. */
const isArchive = (head: Buffer): boolean =>
  head.toString('latin1', 257, 262) === 'ustar' ||
  /^(?:504b0304|1f8b08|377abcaf|52617221|fd377a58|425a68)/.test(head.toString('hex', 0, 4));

/** Distinguishes a damaged recording from a file that never was one. */
function isKnownContainer(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 4);
  return (
    ['RIFF', 'RF64', 'fLaC', 'OggS', 'FORM', 'caff', 'wvpk', '#!AM', '.RMF'].includes(start) ||
    start.startsWith('ID3') ||
    head.toString('latin1', 4, 8) === 'ftyp' ||
    head.readUIntBE(0, Math.min(4, head.length)) === 0x1a45dfa3 || // EBML: Matroska, WebM
    ((head[0] ?? 0) === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) // MPEG audio frame sync
  );
}
