import { pino, type DestinationStream, type Logger } from 'pino';

/** A log of JSON lines, on standard output unless another place is given. */
export const createLog = (place?: DestinationStream): Logger =>
  pino({ base: null, serializers: LOG_SERIALIZERS }, place);

/** Name, message and stack only: drivers' errors carry the row that could not be written, and addresses carry ids. */
const LOG_SERIALIZERS = {
  error: errorFacts,
  err: errorFacts,
  req: () => undefined,
};

function errorFacts(error: unknown) {
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : String(error);
}
