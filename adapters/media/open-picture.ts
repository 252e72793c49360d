import sharp, { type Sharp } from 'sharp';
import { UnusablePictureError } from './media-errors.ts';

/**
 * Opens a picture with sharp. Throws `UnusablePictureError` for anything but PNG, JPEG and WebP: text-to-image models
 * return only those, and other formats (SVG) can refer to files of the server.
 */
export function openPicture(bytes: Uint8Array): Sharp {
  if (!isPicture(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.byteLength)))) {
    throw new UnusablePictureError('the bytes are not a PNG, JPEG or WebP picture');
  }
  return sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
}

/** Twice as wide and high as the largest picture of a listed model (2048 x 2048); 64 MB when decoded. */
const MOST_PIXELS = 4096 * 4096;

function isPicture(head: Buffer): boolean {
  return (
    head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' ||
    head.toString('hex', 0, 3) === 'ffd8ff' ||
    (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP')
  );
}
