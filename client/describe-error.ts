/** The error's message in one line, without a stack; with its cause when the message alone does not explain it. */
export function describeError(error: unknown): string {
  return words(error)
    .replaceAll(/\s+/g, ' ')
    .replace(/^error: /, '')
    .trim();
}

function words(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return words(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  // The Temporal SDK's message is "Failed to start Workflow"; only its cause has the reason.
  if (error.name === 'ServiceError' && error.cause !== undefined) {
    return `${error.message}: ${words(error.cause)}`;
  }
  return error.message === '' ? error.name : error.message;
}
