/** A picture that is not one, is of a kind that we do not open, or is too large. */
export class UnusablePictureError extends Error {
  override readonly name = 'UnusablePictureError';
}
