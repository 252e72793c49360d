/** `submit` refuses the file before anything is stored. The message has no words of the transcript. */
export class UnusableTranscriptError extends Error {
  override readonly name = 'UnusableTranscriptError';
}
