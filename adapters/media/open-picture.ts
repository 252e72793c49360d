import sharp, { type Sharp } from 'sharp';
import { UnusablePictureError } from './unusable-picture-error.ts';

/**
 * A picture ready for sharp. Throws `UnusablePictureError` for anything but PNG, JPEG and WebP: those are what
 * text-to-image models answer with, and others (SVG) can refer to files of the server.
 */
export function openPicture(bytes: Uint8Array): Sharp {
  if (!isPicture(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.byteLength)))) {
    throw new UnusablePictureError('the bytes are not a PNG, JPEG or WebP picture');
  }
  return sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
}

/** Twice as long and wide as the largest picture that a listed model makes (2048 x 2048); 64 MB when decoded. */
const MOST_PIXELS = 4096 * 4096;

function isPicture(head: Buffer): boolean {
  return (
    head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' ||
    head.toString('hex', 0, 3) === 'ffd8ff' ||
    (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP')
  );
}
