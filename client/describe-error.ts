/** One line, without a stack: the error's message, and what caused it where the message alone says little. */
export function describeError(error: unknown): string {
  return words(error)
    .replaceAll(/\s+/g, ' ')
    .replace(/^error: /, '')
    .trim();
}

function words(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return words(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  // The Temporal SDK says "Failed to start Workflow", and only the cause says why.
  if (error.name === 'ServiceError' && error.cause !== undefined) {
    return `${error.message}: ${words(error.cause)}`;
  }
  return error.message === '' ? error.name : error.message;
}
