/** The message names the file, the field, what is wrong and what to do, and repeats no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
