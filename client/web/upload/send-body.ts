import { toProblem } from '../api/problem.ts';

export interface Sending {
  /** How many bytes are on their way. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends a body, and says how far it is, which `fetch` cannot. Answers the text of an answer that is no error; throws
 * `ProblemError`, and an `AbortError` when it is stopped.
 */
export function sendBody(
  method: 'POST' | 'PUT',
  address: string,
  body: Blob,
  { contentType, onSent, signal }: Sending & { readonly contentType?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
    request.addEventListener('error', () => reject(toProblem(0, '')));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(responseText);
      else reject(toProblem(status, responseText));
    });
    request.open(method, address);
    if (contentType !== undefined) request.setRequestHeader('content-type', contentType);
    request.send(body);
  });
}
